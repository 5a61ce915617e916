/** The package's own declarations are for ES modules only; this is the part that is used. */
declare module 'cbor-x' {
  export class Encoder {
    constructor(options?: { useRecords?: boolean; mapsAsObjects?: boolean; tagUint8Array?: boolean });
    encode(value: unknown): Buffer;
    decode(bytes: Uint8Array): unknown;
  }
}
