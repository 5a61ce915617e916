// `node tools/python-env.mjs NAME` creates or refreshes a Python environment and prints its interpreter.
import { ensurePython, runMain } from '../bin/setup/install.mjs';

await runMain(() => {
  console.log(ensurePython(process.argv[2] ?? 'main'));
});
