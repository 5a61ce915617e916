/** One JSON line per message, as CloudWatch Logs Insights reads it. */
export function log(message: string, details: Readonly<Record<string, unknown>> = {}): void {
  console.log(JSON.stringify({ message, ...details }));
}
