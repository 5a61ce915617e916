/** Quality metrics of which less is better; all others are scores. */
export const errorMetrics: readonly string[] = ['rmse', 'mae', 'mse', 'mape'];
