import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { stackNames } from '../../../contracts/names';
import { control } from '@mooring/local-account/test/support/clients';
import type { DeployedUseCase } from '../deployed/deployed-use-case';

export interface Prediction {
  readonly status: number;
  readonly body: {
    readonly prediction?: number;
    readonly inference_id?: string;
    readonly model?: { readonly version: number | null; readonly release: unknown };
  };
}

/** The front door of a deployed use case, by a token. */
export class Door {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async of(deployed: DeployedUseCase): Promise<Door> {
    const { Stacks = [] } = await deployed.clients.cloudformation.send(
      new DescribeStacksCommand({ StackName: stackNames.frontDoor(deployed.name) }),
    );
    const url = Stacks[0]?.Outputs?.find((each) => each.OutputKey === 'Url')?.OutputValue ?? '';
    const given = { issuer: 'https://login.example.com/', audience: deployed.name, lifetime: 400_000_000 };
    const answer = await control(deployed.account, 'POST', '/_local/tokens', given);
    return new Door(url, ((await answer.json()) as { readonly token: string }).token);
  }

  async predict([distance, load]: readonly [number, number], key?: string): Promise<Prediction> {
    const { status, text } = await this.send({ features: { distance, load }, ...(key === undefined ? {} : { key }) });
    return { status, body: JSON.parse(text) as Prediction['body'] };
  }

  /** A request as a load tool sends it. */
  target(body: unknown): {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  } {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    return { url: `${this.url}/predict`, headers, body: JSON.stringify(body) };
  }

  /** The raw answer. */
  async send(body: unknown): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(`${this.url}/predict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  }

  async label(labels: readonly { readonly inference_id: string; readonly label: number }[]): Promise<void> {
    const answer = await fetch(`${this.url}/labels`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ labels }),
    });
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  }
}

/** Errors of functions, without those about the executions of hand-made versions, which do not exist. */
export const failuresOf = (deployed: DeployedUseCase): readonly string[] =>
  deployed.failures().filter((each) => !each.includes('/execution/run'));
