import { AwsError } from '../../../core/errors';

/** Errors in CloudWatch's own vocabulary. */
export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
export const invalidCombination = (message: string): AwsError => new AwsError('InvalidParameterCombination', message);
export const unknownResource = (message: string): AwsError => new AwsError('ResourceNotFound', message, 404);
