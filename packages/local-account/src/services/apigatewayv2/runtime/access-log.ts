/** What is known about a request when it has been answered; names are those of `$context`. */
export type LogContext = Readonly<Record<string, string | number | undefined>>;

/** A line of the access log: variables that have no value are a dash, as API Gateway writes them. */
export function accessLine(format: string, context: LogContext): string {
  return format.replace(/\$context\.([A-Za-z0-9_.]+)/g, (_, name: string) => {
    const value = context[name];
    return value === undefined ? '-' : String(value).replace(/["\\\n\r]/g, ' ');
  });
}
