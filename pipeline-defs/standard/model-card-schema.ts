import { z } from 'zod';

/**
 * The part of SageMaker's schema for the card of a model package (0.1.0) that the standard pipeline writes, with the limits of
 * the service: what does not pass here would be refused, or dropped, when a version is registered. Source: SageMaker developer
 * guide, "View model details" (model-registry-details).
 */
const text = (longest: number): z.ZodString => z.string().max(longest);
const name = (longest: number): z.ZodString => z.string().min(1).max(longest);

const trainingEntry = z.strictObject({ name: name(255), value: name(255) });
const metric = z.strictObject({
  name: name(255),
  type: z.literal('number'),
  value: z.number(),
  notes: text(1_024).optional(),
});

export const riskRatings = ['High', 'Medium', 'Low', 'Unknown'] as const;

export const modelCard = z.strictObject({
  model_overview: z.strictObject({ model_creator: text(1_024) }),
  business_details: z.strictObject({ business_problem: text(2_048) }),
  intended_uses: z.strictObject({
    purpose_of_model: text(2_048),
    risk_rating: z.enum(riskRatings),
    explanations_for_risk_rating: text(2_048).optional(),
  }),
  training_details: z.strictObject({
    training_observations: text(1_024),
    training_job_details: z.strictObject({
      training_arn: text(1_024),
      training_datasets: z.array(text(1_024)).max(15),
      training_environment: z.strictObject({ container_image: z.array(text(1_024)).max(15) }),
      hyper_parameters: z.array(trainingEntry).max(100),
    }),
  }),
  evaluation_details: z.array(
    z.strictObject({
      name: name(63),
      evaluation_observation: text(2_096),
      evaluation_job_arn: text(256),
      datasets: z.array(text(1_024)).max(10),
      metric_groups: z.array(z.strictObject({ name: name(63), metric_data: z.array(metric) })),
    }),
  ),
  additional_information: z.strictObject({ custom_details: z.record(z.string(), text(1_024)) }),
});
export type ModelCard = z.infer<typeof modelCard>;
