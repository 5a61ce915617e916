import { Unsupported, validation } from '../../../core/errors';
import { body, list, optionalText, text, textList } from '../../../core/input';
import type { AccountParts } from '../../../core/module';
import type { Body, Call, Operation } from '../../../core/service';
import type { Collection } from '../../../core/store';
import { ImageDigests } from '../runtime/image-digests';
import { listPage } from './listing';
import type { Document } from './listing';
import type { StateEvents } from '../runtime/state-events';
import type { Tags } from './tags';

interface GroupDocument extends Document {
  /** Highest version ever given; a deleted version's number is not given again. */
  readonly lastVersion: number;
}

/** Members UpdateModelPackage may change and the event names. */
const updatable = [
  'ModelApprovalStatus',
  'ApprovalDescription',
  'SourceUri',
  'CustomerMetadataProperties',
  'InferenceSpecification',
  'ModelLifeCycle',
];

/** The model registry: package groups and their versions. */
export class ModelPackages {
  readonly operations: Readonly<Record<string, Operation>> = {
    CreateModelPackageGroup: (input, call) => this.createGroup(input, call),
    DescribeModelPackageGroup: (input) => this.group(text(input, 'ModelPackageGroupName')),
    DeleteModelPackageGroup: (input) => this.deleteGroup(text(input, 'ModelPackageGroupName')),
    ListModelPackageGroups: (input) =>
      listPage(this.groups.values(), input, { name: 'ModelPackageGroupName', list: 'ModelPackageGroupSummaryList' }),
    CreateModelPackage: (input, call) => this.create(input, call),
    DescribeModelPackage: (input) => this.get(text(input, 'ModelPackageName')),
    UpdateModelPackage: (input, call) => this.update(input, call),
    DeleteModelPackage: (input) => this.delete(text(input, 'ModelPackageName')),
    ListModelPackages: (input) => this.list(input),
  };
  private readonly groups: Collection<GroupDocument>;
  private readonly packages: Collection<Document>;
  private readonly digests: ImageDigests;

  constructor(
    private readonly account: AccountParts,
    private readonly events: StateEvents,
    private readonly tags: Tags,
  ) {
    this.groups = account.store.collection('sagemaker.model-package-groups');
    this.packages = account.store.collection('sagemaker.model-packages');
    this.digests = new ImageDigests(account);
  }

  /** @param nameOrArn ARN of a version, or the ARN or name of a group for its newest version. */
  get(nameOrArn: string): Document {
    const found = this.packages.get(nameOrArn);
    if (found === undefined) throw validation(`ModelPackage ${nameOrArn} does not exist.`);
    return found;
  }

  /** @param nameOrArn of the group. */
  group(nameOrArn: string): GroupDocument {
    const name = nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
    const found = this.groups.get(name);
    if (found === undefined) throw validation(`ModelPackageGroup ${this.groupArn(name)} does not exist.`);
    return found;
  }

  private createGroup(input: Body, call: Call): Body {
    const name = text(input, 'ModelPackageGroupName');
    if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name))
      throw validation(`'${name}' is not a valid ModelPackageGroupName`);
    const arn = this.groupArn(name);
    if (this.groups.get(name) !== undefined) throw validation(`Model Package Group already exists: ${arn}`);
    const description = optionalText(input, 'ModelPackageGroupDescription');
    this.groups.put(name, {
      ModelPackageGroupName: name,
      ModelPackageGroupArn: arn,
      ...(description === undefined ? {} : { ModelPackageGroupDescription: description }),
      ModelPackageGroupStatus: 'Completed',
      CreationTime: this.now(),
      CreatedBy: { IamIdentity: { Arn: call.principal.arn, PrincipalId: call.principal.arn } },
      lastVersion: 0,
    });
    this.tags.add(arn, input);
    return { ModelPackageGroupArn: arn };
  }

  private deleteGroup(nameOrArn: string): void {
    const group = this.group(nameOrArn);
    const name = String(group['ModelPackageGroupName']);
    const left = this.packages.values().filter((each) => each['ModelPackageGroupName'] === name);
    if (left.length > 0)
      throw validation(
        `Cannot delete Model Package Group ${this.groupArn(name)}: it still has ${left.length} model package${left.length === 1 ? '' : 's'}; delete those first.`,
      );
    this.groups.delete(name);
    this.tags.forget(this.groupArn(name));
  }

  private async create(input: Body, call: Call): Promise<Body> {
    const groupName = optionalText(input, 'ModelPackageGroupName');
    if (groupName === undefined) throw new Unsupported('unversioned model packages', 'give ModelPackageGroupName');
    if (input['InferenceSpecification'] === undefined && input['SourceUri'] === undefined)
      throw validation('InferenceSpecification is needed to create a versioned model package');
    this.group(groupName);
    const specification = await this.digests.fill(body(input, 'InferenceSpecification'));
    const group = this.group(groupName);
    const name = String(group['ModelPackageGroupName']);
    const version = group.lastVersion + 1;
    const arn = this.account.arn('sagemaker', `model-package/${name}/${version}`);
    const { Tags: _tags, ClientToken: _token, ...members } = input;
    const document: Document = {
      ...members,
      ...(input['InferenceSpecification'] === undefined ? {} : { InferenceSpecification: specification }),
      ModelPackageName: arn,
      ModelPackageGroupName: name,
      ModelPackageVersion: version,
      ModelPackageArn: arn,
      ModelApprovalStatus: optionalText(input, 'ModelApprovalStatus') ?? 'PendingManualApproval',
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CreationTime: this.now(),
      CreatedBy: { IamIdentity: { Arn: call.principal.arn, PrincipalId: call.principal.arn } },
      LastModifiedTime: this.now(),
    };
    this.checkStatus(document);
    this.groups.put(name, { ...group, lastVersion: version });
    this.packages.put(arn, document);
    this.tags.add(arn, input);
    this.events.modelPackage(document);
    return { ModelPackageArn: arn };
  }

  private update(input: Body, call: Call): Body {
    const arn = text(input, 'ModelPackageArn');
    const before = this.get(arn);
    const removed = new Set(textList(input, 'CustomerMetadataPropertiesToRemove'));
    const metadata = { ...body(before, 'CustomerMetadataProperties'), ...body(input, 'CustomerMetadataProperties') };
    const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !removed.has(key)));
    const changed = Object.fromEntries(
      updatable.flatMap((name) =>
        input[name] === undefined ? [] : [[name, name === 'CustomerMetadataProperties' ? kept : input[name]]],
      ),
    );
    if (removed.size > 0) changed['CustomerMetadataProperties'] = kept;
    if (input['ModelCard'] !== undefined) changed['ModelCard'] = input['ModelCard'];
    const extra = list(input, 'AdditionalInferenceSpecificationsToAdd');
    if (extra.length > 0)
      changed['AdditionalInferenceSpecifications'] = [...list(before, 'AdditionalInferenceSpecifications'), ...extra];
    const document: Document = {
      ...before,
      ...changed,
      LastModifiedTime: this.now(),
      LastModifiedBy: { IamIdentity: { Arn: call.principal.arn, PrincipalId: call.principal.arn } },
    };
    this.checkStatus(document);
    this.packages.put(arn, document);
    // The service names the members of the request, whether or not their values are new.
    const fields = updatable.filter((name) => name in changed);
    this.events.modelPackage(document, fields);
    return { ModelPackageArn: arn };
  }

  private checkStatus(document: Document): void {
    const allowed = ['Approved', 'Rejected', 'PendingManualApproval'];
    if (!allowed.includes(String(document['ModelApprovalStatus'])))
      throw validation(
        `ModelApprovalStatus must be one of ${allowed.join(', ')}, not '${String(document['ModelApprovalStatus'])}'`,
      );
    if (Object.keys(body(document, 'CustomerMetadataProperties')).length > 50)
      throw validation('CustomerMetadataProperties holds at most 50 entries');
    const card = optionalText(body(document, 'ModelCard'), 'ModelCardContent') ?? '';
    if (card.length > 100_000) throw validation(`ModelCardContent has ${card.length} characters; it may have 100000`);
  }

  private delete(arn: string): void {
    this.get(arn);
    this.packages.delete(arn);
    this.tags.forget(arn);
  }

  private list(input: Body): Body {
    const group = optionalText(input, 'ModelPackageGroupName');
    const name = group === undefined ? undefined : String(this.group(group)['ModelPackageGroupName']);
    const status = optionalText(input, 'ModelApprovalStatus');
    const own = this.packages
      .values()
      .filter(
        (each) =>
          (name === undefined || each['ModelPackageGroupName'] === name) &&
          (status === undefined || each['ModelApprovalStatus'] === status),
      );
    return listPage(own, input, { name: 'ModelPackageName', list: 'ModelPackageSummaryList' });
  }

  private groupArn(name: string): string {
    return this.account.arn('sagemaker', `model-package-group/${name}`);
  }

  private now(): string {
    return this.account.clock.now().toISOString();
  }
}
