/** Partition of the account's region: what `AWS::Partition` is here, and what every ARN of the account starts with. */
export const partition = 'aws';
/** What `AWS::URLSuffix` is here. */
export const urlSuffix = 'amazonaws.com';
