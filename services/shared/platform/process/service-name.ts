/** The services of a mesh, in the order in which they start: each one only needs those before it. */
export const serviceNames = ['registry', 'feature', 'prediction', 'monitor', 'router'] as const;

/** One of {@link serviceNames}. */
export type ServiceName = (typeof serviceNames)[number];

/** The processes of a mesh: its services, and the console behind them, which nothing else needs. */
export const processNames = [...serviceNames, 'console'] as const;

/** One of {@link processNames}. */
export type ProcessName = (typeof processNames)[number];
