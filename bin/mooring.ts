import { main } from '../local/cli/program';

void main(process.argv).then((code) => {
  process.exitCode = code;
});
