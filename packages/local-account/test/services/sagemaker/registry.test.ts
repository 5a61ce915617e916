import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DescribeModelPackageCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  ListMonitoringSchedulesCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import type { AccountParts, AwsEvent } from '../../../src/core/module';
import { Laptop, xgboostImage } from '../../support/laptop';

/** Every event that SageMaker publishes from now on. */
function listen(parts: AccountParts): AwsEvent[] {
  const heard: AwsEvent[] = [];
  const bus = parts.peer('events');
  const publish = bus.publish.bind(bus);
  jest.spyOn(bus, 'publish').mockImplementation((event) => {
    if (event.source === 'aws.sagemaker') heard.push(event);
    return publish(event);
  });
  return heard;
}

describe('the model registry', () => {
  let laptop: Laptop;
  let heard: AwsEvent[];
  const inference = {
    Containers: [{ Image: xgboostImage, ModelDataUrl: 's3://laptop-bucket/model.tar.gz' }],
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['text/csv'],
  };
  const arn = (version: number): string => `arn:aws:sagemaker:us-east-1:000000000000:model-package/credit/${version}`;

  beforeAll(async () => {
    laptop = await Laptop.start();
    heard = listen(laptop.account.parts);
    await laptop.sagemaker.send(
      new CreateModelPackageGroupCommand({
        ModelPackageGroupName: 'credit',
        ModelPackageGroupDescription: 'credit models',
      }),
    );
  });
  afterAll(() => laptop.stop());
  beforeEach(() => heard.splice(0));

  test('numbers the versions of a group and announces each', async () => {
    for (const version of [1, 2]) {
      const answer = await laptop.sagemaker.send(
        new CreateModelPackageCommand({
          ModelPackageGroupName: 'credit',
          InferenceSpecification: inference,
          ModelApprovalStatus: 'PendingManualApproval',
          CustomerMetadataProperties: { git_commit: 'abc' },
        }),
      );
      expect(answer.ModelPackageArn).toBe(arn(version));
    }
    expect(heard[0]).toMatchObject({
      'detail-type': 'SageMaker Model Package State Change',
      resources: [arn(1)],
      detail: {
        ModelPackageGroupName: 'credit',
        ModelPackageVersion: 1,
        ModelApprovalStatus: 'PendingManualApproval',
        ModelPackageStatus: 'Completed',
      },
    });
    expect(heard[0]?.detail).not.toHaveProperty('UpdatedModelPackageFields');
  });

  test('an approval is an event that says which fields changed', async () => {
    await laptop.sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: arn(1),
        ModelApprovalStatus: 'Approved',
        ApprovalDescription: 'looks good',
      }),
    );
    expect(heard).toHaveLength(1);
    expect(heard[0]?.detail).toMatchObject({
      ModelApprovalStatus: 'Approved',
      UpdatedModelPackageFields: ['ModelApprovalStatus', 'ApprovalDescription'],
    });
  });

  test('a stage and metadata are changed without another approval', async () => {
    await laptop.sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: arn(1),
        ModelLifeCycle: { Stage: 'Production', StageStatus: 'Live' },
        CustomerMetadataProperties: { endpoint: 'credit-endpoint' },
        CustomerMetadataPropertiesToRemove: ['git_commit'],
      }),
    );
    expect(heard[0]?.detail['UpdatedModelPackageFields']).toEqual(['CustomerMetadataProperties', 'ModelLifeCycle']);
    const described = await laptop.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn(1) }));
    expect(described).toMatchObject({
      ModelApprovalStatus: 'Approved',
      ModelLifeCycle: { Stage: 'Production', StageStatus: 'Live' },
      CustomerMetadataProperties: { endpoint: 'credit-endpoint' },
    });
    expect(described.CreationTime).toBeInstanceOf(Date);
  });

  test('lists newest first, by status, in pages', async () => {
    const { ModelPackageSummaryList: all } = await laptop.sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'credit' }),
    );
    expect(all?.map((each) => each.ModelPackageVersion)).toEqual([2, 1]);
    const { ModelPackageSummaryList: approved } = await laptop.sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'credit', ModelApprovalStatus: 'Approved' }),
    );
    expect(approved?.map((each) => each.ModelPackageVersion)).toEqual([1]);
    const first = await laptop.sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'credit', MaxResults: 1, SortOrder: 'Ascending' }),
    );
    const second = await laptop.sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: 'credit',
        MaxResults: 1,
        SortOrder: 'Ascending',
        NextToken: first.NextToken,
      }),
    );
    expect([first, second].map((each) => each.ModelPackageSummaryList?.[0]?.ModelPackageVersion)).toEqual([1, 2]);
    expect(second.NextToken).toBeUndefined();
  });

  test('a status that does not exist and a package that does not are refused in words of the service', async () => {
    await expect(
      laptop.sagemaker.send(
        new UpdateModelPackageCommand({ ModelPackageArn: arn(1), ModelApprovalStatus: 'Maybe' as never }),
      ),
    ).rejects.toThrow("must be one of Approved, Rejected, PendingManualApproval, not 'Maybe'");
    await expect(laptop.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn(9) }))).rejects.toThrow(
      `ModelPackage ${arn(9)} does not exist.`,
    );
  });

  test('a group is deleted after its packages, whose numbers do not come again', async () => {
    await expect(
      laptop.sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: 'credit' })),
    ).rejects.toThrow('still has 2 model packages');
    await laptop.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: arn(2) }));
    const again = await laptop.sagemaker.send(
      new CreateModelPackageCommand({ ModelPackageGroupName: 'credit', InferenceSpecification: inference }),
    );
    expect(again.ModelPackageArn).toBe(arn(3));
    for (const version of [1, 3])
      await laptop.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: arn(version) }));
    await laptop.sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: 'credit' }));
    expect((await laptop.sagemaker.send(new ListModelPackageGroupsCommand({}))).ModelPackageGroupSummaryList).toEqual(
      [],
    );
  });

  test('what the account cannot do is refused by name; monitoring schedules there are none', async () => {
    expect((await laptop.sagemaker.send(new ListMonitoringSchedulesCommand({}))).MonitoringScheduleSummaries).toEqual(
      [],
    );
    const { parts } = laptop.account;
    await expect(parts.call('sagemaker', 'CreateMonitoringSchedule', {}, parts.iam.administrator)).rejects.toThrow(
      'does not support the operation sagemaker:CreateMonitoringSchedule',
    );
  });
});
