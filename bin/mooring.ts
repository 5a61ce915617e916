import { main } from '../cli/program';

void main(process.argv).then((code) => {
  process.exitCode = code;
});
