import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Clients } from './clients';

/** Text of an object, or undefined when it does not exist. */
export async function readObject(clients: Clients, bucket: string, key: string): Promise<string | undefined> {
  try {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name)) return undefined;
    throw error;
  }
}

/** JSON of an object, or undefined when it does not exist. */
export async function readJson<T>(clients: Clients, bucket: string, key: string): Promise<T | undefined> {
  const text = await readObject(clients, bucket, key);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
