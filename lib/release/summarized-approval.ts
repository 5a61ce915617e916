import { ManualApprovalStep, type ManualApprovalStepProps } from 'aws-cdk-lib/pipelines';

/** A manual approval whose comment and link come from an earlier step: the CDK's own looks for no references in them. */
export class SummarizedApproval extends ManualApprovalStep {
  constructor(id: string, props: ManualApprovalStepProps) {
    super(id, props);
    this.discoverReferencedOutputs({ comment: props.comment, reviewUrl: props.reviewUrl });
  }
}
