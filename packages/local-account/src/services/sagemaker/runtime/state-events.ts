import type { AccountParts } from '../../../core/module';
import type { Document } from '../api/listing';

/** Times of job and endpoint events are epoch milliseconds, of the others ISO-8601 text. */
const milliseconds = (document: Document): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(document).map(([key, value]) => [
      key,
      key.endsWith('Time') && typeof value === 'string' ? Date.parse(value) : value,
    ]),
  );

/** Without what the account itself keeps in an endpoint's document. */
const published = ({ update: _update, ...document }: Document): Document => document;

/** `InService` becomes `IN_SERVICE`. */
export const upperSnake = (status: string): string => status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

/** Publishes SageMaker's state changes on the default event bus, in the shapes that AWS documents. */
export class StateEvents {
  constructor(private readonly account: AccountParts) {}

  job(kind: string, arn: string, document: Document): void {
    this.publish(`SageMaker ${kind} State Change`, [arn], { ...milliseconds(document), Tags: {} });
  }

  endpoint(document: Document): void {
    this.publish('SageMaker Endpoint State Change', [String(document['EndpointArn'])], {
      ...milliseconds(published(document)),
      EndpointStatus: upperSnake(String(document['EndpointStatus'])),
      Tags: {},
    });
  }

  deployment(document: Document): void {
    this.publish('SageMaker Endpoint Deployment State Change', [String(document['EndpointArn'])], {
      ...milliseconds(published(document)),
      EndpointStatus: upperSnake(String(document['EndpointStatus'])),
      Tags: {},
    });
  }

  /** @param updated members that an update changed; absent for a creation. */
  modelPackage(document: Document, updated?: readonly string[]): void {
    const members = [
      'ModelPackageName',
      'ModelPackageGroupName',
      'ModelPackageVersion',
      'ModelPackageArn',
      'ModelPackageDescription',
      'CreationTime',
      'InferenceSpecification',
      'ModelPackageStatus',
      'ModelPackageStatusDetails',
      'CertifyForMarketplace',
      'ModelApprovalStatus',
      'ApprovalDescription',
      'MetadataProperties',
      'ModelMetrics',
      'CustomerMetadataProperties',
      'ModelLifeCycle',
      'SourceUri',
      'LastModifiedTime',
    ];
    const detail = Object.fromEntries(
      members.flatMap((name) => (document[name] === undefined ? [] : [[name, document[name]]])),
    );
    this.publish('SageMaker Model Package State Change', [String(document['ModelPackageArn'])], {
      ...detail,
      ...(updated === undefined ? {} : { UpdatedModelPackageFields: updated }),
    });
  }

  execution(
    pipelineArn: string,
    executionArn: string,
    previous: string | undefined,
    current: string,
    execution: {
      readonly displayName: string;
      readonly description?: string;
      readonly startTime: string;
      readonly endTime?: string;
    },
  ): void {
    this.publish('SageMaker Model Building Pipeline Execution Status Change', [pipelineArn, executionArn], {
      pipelineExecutionDisplayName: execution.displayName,
      pipelineExecutionDescription: execution.description ?? '',
      pipelineExecutionArn: executionArn,
      pipelineArn,
      ...(previous === undefined ? {} : { previousPipelineExecutionStatus: previous }),
      currentPipelineExecutionStatus: current,
      executionStartTime: execution.startTime,
      ...(execution.endTime === undefined ? {} : { executionEndTime: execution.endTime }),
    });
  }

  step(pipelineArn: string, executionArn: string, detail: Readonly<Record<string, unknown>>): void {
    this.publish('SageMaker Model Building Pipeline Execution Step Status Change', [pipelineArn, executionArn], {
      pipelineArn,
      pipelineExecutionArn: executionArn,
      ...detail,
    });
  }

  private publish(detailType: string, resources: readonly string[], detail: Readonly<Record<string, unknown>>): void {
    this.account.findPeer('events')?.publish({ source: 'aws.sagemaker', 'detail-type': detailType, detail, resources });
  }
}
