import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { c as createTar } from 'tar';

/** How a hand-made model behaves. */
export type Behaviour = 'good' | 'broken' | 'slow' | 'never' | 'constant';

/**
 * A model of two features whose score depends on the version, so that answers tell who gave them.
 *
 * `broken` fails on real rows only, as a model does that was never tried: the container starts and answers /ping.
 */
const script = `import json, os, time

class BadRequest(Exception):
    def __call__(self, environ, start_response):
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [str(self).encode()]

def model_fn(model_dir):
    with open(os.path.join(model_dir, "behaviour.json")) as file:
        model = json.load(file)
    if model["behaviour"] == "never":
        raise RuntimeError("the weights cannot be read")
    return model

def input_fn(body, content_type):
    if content_type == "application/json":
        names = ("distance", "load")
        rows = [[row[name] for name in names if name in row] for row in json.loads(body)["instances"]]
    else:
        rows = [line.split(",") for line in body.strip().split("\\n")]
    for row in rows:
        if len(row) != 2:
            return BadRequest(f"a row has {len(row)} columns; expected distance, load")
    return [[float(cell) for cell in row] for row in rows]

def predict_fn(rows, model):
    if callable(rows):
        return rows
    if model["behaviour"] == "broken":
        raise RuntimeError("this model is broken")
    if model["behaviour"] == "slow":
        time.sleep(1.3)
    if model["behaviour"] == "constant":
        return [0.5 for row in rows]
    return [round(min(0.99, (row[0] + row[1]) / (100 + model["version"])), 6) for row in rows]

def output_fn(prediction, accept):
    if callable(prediction):
        return prediction
    if accept == "application/json":
        return json.dumps({"predictions": [{"label": int(p > 0.5), "score": p} for p in prediction]}), accept
    return "\\n".join(f"{int(p > 0.5)},{p}" for p in prediction), "text/csv"
`;

/** The score that a good model of this version gives. */
export const scoreOf = (version: number, distance: number, load: number): number =>
  Math.round(Math.min(0.99, (distance + load) / (100 + version)) * 1e6) / 1e6;

/** predictions.csv as the evaluation of this version would have written it. */
export function predictions(version: number): string {
  const rows = Array.from({ length: 40 }, (_, index) => {
    const [distance, load] = [1 + index, (index * 7) % 30];
    const score = scoreOf(version, distance, load);
    return [distance, load, Number(score > 0.4), Number(score > 0.5), score].join(',');
  });
  return `distance,load,late,prediction,score\n${rows.join('\n')}\n`;
}

/** model.tar.gz. */
export async function artifact(version: number, behaviour: Behaviour): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-model-'));
  const files = { 'behaviour.json': JSON.stringify({ version, behaviour }), 'code/inference.py': script };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'in', name)), { recursive: true });
    writeFileSync(join(folder, 'in', name), content);
  }
  const file = join(folder, 'model.tar.gz');
  await createTar({ file, cwd: join(folder, 'in'), gzip: true }, Object.keys(files));
  const packed = readFileSync(file);
  rmSync(folder, { recursive: true });
  return packed;
}
