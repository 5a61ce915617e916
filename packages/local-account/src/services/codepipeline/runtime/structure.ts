import { compileGlob, passes } from './git-glob';
import { triggerLimits } from './limits';
import { AwsError, messageOf, Unsupported } from '../../../core/errors';
import { bodies, body, isBody, optionalNumber, optionalText, text, textList } from '../../../core/input';
import type { Body } from '../../../core/service';

export interface ActionDeclaration {
  readonly name: string;
  readonly category: string;
  readonly provider: string;
  readonly runOrder: number;
  readonly namespace?: string;
  readonly roleArn?: string;
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** A condition on entering a stage: one comparison of a variable. */
export interface EntryRule {
  readonly result: 'SKIP' | 'FAIL';
  readonly name: string;
  readonly variable: string;
  readonly operator: string;
  readonly value: string;
}

export interface StageDeclaration {
  readonly name: string;
  readonly actions: readonly ActionDeclaration[];
  readonly entry: readonly EntryRule[];
}

export interface Trigger {
  readonly sourceAction: string;
  readonly tags: readonly { readonly includes: readonly string[]; readonly excludes: readonly string[] }[];
}

/** A pipeline as it runs, and its declaration in the API's shape. */
export interface Structure {
  readonly name: string;
  readonly roleArn: string;
  readonly bucket: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly stages: readonly StageDeclaration[];
  readonly triggers: readonly Trigger[];
  readonly declaration: Body;
}

const providers: Readonly<Record<string, readonly string[]>> = {
  Source: ['CodeStarSourceConnection'],
  Build: ['CodeBuild'],
  Test: ['CodeBuild'],
  Deploy: ['CloudFormation'],
  Approval: ['Manual'],
};

const invalid = (message: string): AwsError => new AwsError('InvalidStructureException', message);

/** CloudFormation spells members as the API does, with another first letter; the keys of configurations are the same in both. */
export function declarationOf(properties: Body): Body {
  const lowered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(lowered);
    if (!isBody(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key.charAt(0).toLowerCase() + key.slice(1),
        key === 'Configuration' ? each : lowered(each),
      ]),
    );
  };
  return lowered(properties) as Body;
}

/** @throws AwsError InvalidStructureException as CodePipeline would, Unsupported for what a laptop cannot run. */
export function structureOf(declaration: Body): Structure {
  const mode = optionalText(declaration, 'executionMode') ?? 'SUPERSEDED';
  if (mode !== 'QUEUED') throw new Unsupported(`pipelines of execution mode ${mode}`, 'QUEUED is supported');
  const stages = bodies(declaration, 'stages').map(stageOf);
  if (stages.length < 2) throw invalid('a pipeline needs at least two stages');
  const [first] = stages;
  if (first?.actions.some(({ category }) => category !== 'Source') !== false)
    throw invalid('the first stage must hold source actions, and nothing else');
  const triggers = bodies(declaration, 'triggers').map(triggerOf);
  if (triggers.length > 0 && optionalText(declaration, 'pipelineType') !== 'V2')
    throw invalid('triggers on tags can only be used with V2 pipelines');
  for (const { sourceAction } of triggers)
    if (!first.actions.some(({ name }) => name === sourceAction))
      throw invalid(`a trigger names the source action '${sourceAction}', which the first stage does not have`);
  return {
    name: text(declaration, 'name'),
    roleArn: text(declaration, 'roleArn'),
    bucket: text(body(declaration, 'artifactStore'), 'location'),
    variables: Object.fromEntries(
      bodies(declaration, 'variables').map((each) => [text(each, 'name'), optionalText(each, 'defaultValue') ?? '']),
    ),
    stages,
    triggers,
    declaration,
  };
}

function stageOf(stage: Body): StageDeclaration {
  const name = text(stage, 'name');
  for (const member of ['onSuccess', 'onFailure', 'blockers'])
    if (stage[member] !== undefined && !(Array.isArray(stage[member]) && stage[member].length === 0))
      throw new Unsupported(`${member} of a pipeline's stage (${name})`);
  return {
    name,
    actions: bodies(stage, 'actions').map(actionOf),
    entry: bodies(body(stage, 'beforeEntry'), 'conditions').flatMap((condition) => {
      const result = text(condition, 'result');
      if (result !== 'SKIP' && result !== 'FAIL') throw invalid(`stage ${name}: a condition's result is ${result}`);
      return bodies(condition, 'rules').map((rule) => ruleOf(rule, result, name));
    }),
  };
}

function ruleOf(rule: Body, result: EntryRule['result'], stage: string): EntryRule {
  const provider = text(body(rule, 'ruleTypeId'), 'provider');
  if (provider !== 'VariableCheck') throw new Unsupported(`rules of type ${provider} (stage ${stage})`);
  const configuration = body(rule, 'configuration');
  const operator = text(configuration, 'Operator');
  if (!['EQ', 'NE', 'CONTAINS', 'MATCHES'].includes(operator)) throw invalid(`stage ${stage}: no operator ${operator}`);
  return {
    result,
    name: text(rule, 'name'),
    operator,
    variable: text(configuration, 'Variable'),
    value: text(configuration, 'Value'),
  };
}

function actionOf(action: Body): ActionDeclaration {
  const type = body(action, 'actionTypeId');
  const [category, provider, name] = [text(type, 'category'), text(type, 'provider'), text(action, 'name')];
  if (providers[category]?.includes(provider) !== true)
    throw new Unsupported(`pipeline actions of provider ${provider} (${category}, action ${name})`);
  const configuration = Object.fromEntries(
    Object.entries(body(action, 'configuration')).map(([key, value]) => [key, String(value)]),
  );
  const long = Object.entries(configuration).find(([, value]) => value.length > 1000);
  if (long !== undefined && long[0] !== 'EnvironmentVariables')
    throw invalid(`action ${name}: ${long[0]} has ${long[1].length} characters; at most 1000 are allowed`);
  const names = (member: string): readonly string[] => bodies(action, member).map((each) => text(each, 'name'));
  const namespace = optionalText(action, 'namespace');
  const roleArn = optionalText(action, 'roleArn');
  return {
    name,
    category,
    provider,
    runOrder: optionalNumber(action, 'runOrder') ?? 1,
    configuration,
    inputs: names('inputArtifacts'),
    outputs: names('outputArtifacts'),
    ...(namespace === undefined ? {} : { namespace }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

function triggerOf(trigger: Body): Trigger {
  if (text(trigger, 'providerType') !== 'CodeStarSourceConnection')
    throw invalid(`a trigger's providerType is CodeStarSourceConnection, not '${text(trigger, 'providerType')}'`);
  const git = body(trigger, 'gitConfiguration');
  if (git.pullRequest !== undefined) throw new Unsupported('triggers on pull requests');
  const tags = bodies(git, 'push').map((push) => {
    if (push.branches !== undefined || push.filePaths !== undefined)
      throw push.tags === undefined
        ? new Unsupported('triggers on branches and file paths')
        : invalid(
            'The trigger configuration for the source action is not valid. Make sure to choose valid filter combinations.',
          );
    const filter = body(push, 'tags');
    return { includes: patterns(filter, 'includes'), excludes: patterns(filter, 'excludes') };
  });
  if (tags.length < 1 || tags.length > 3) throw invalid(`a trigger has 1 to 3 push filters, not ${tags.length}`);
  return { sourceAction: text(git, 'sourceActionName'), tags };
}

function patterns(filter: Body, member: string): readonly string[] {
  const found = textList(filter, member);
  if (found.length > triggerLimits.patterns)
    throw invalid(`tags.${member} has ${found.length} patterns; at most ${triggerLimits.patterns} are allowed`);
  for (const pattern of found) {
    if (pattern.length > triggerLimits.length)
      throw invalid(
        `the pattern '${pattern.slice(0, 40)}...' has ${pattern.length} characters; at most ${triggerLimits.length}`,
      );
    try {
      compileGlob(pattern);
    } catch (error) {
      throw invalid(messageOf(error));
    }
  }
  return found;
}

/** Whether a pushed tag starts the pipeline. */
export const startsOn = ({ triggers }: Structure, tag: string): boolean =>
  triggers.some(({ tags }) => tags.some((filter) => passes(filter, tag)));
