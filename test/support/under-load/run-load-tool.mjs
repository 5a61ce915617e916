/**
 * The load tool as a process: options as JSON in the only argument, results as JSON on the standard output once it is told
 * to stop (SIGINT). Its own command line prints nothing when it is interrupted.
 */
import autocannon from 'autocannon/lib/init.js';

const instance = autocannon(JSON.parse(process.argv[2]), (error, result) => {
  if (error) throw error;
  process.stdout.write(JSON.stringify(result));
});
process.once('SIGINT', () => instance.stop());
