/** A JSON schema, as far as a table of values needs it. */
interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, unknown>>;
}

/** A value of the chart, for its table. */
export interface ChartValue {
  /** Such as `registry.storage.size`. */
  readonly path: string;
  readonly description: string;
  readonly preset: unknown;
}

/** Gives all values that a schema describes, in its order; what has further values inside is not one itself. */
export function chartValues(schema: Schema, prefix = ''): readonly ChartValue[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const isGroup = property.properties !== undefined && property.default === undefined;
    if (isGroup) return chartValues(property, `${path}.`);
    return [{ path, description: property.description ?? '', preset: property.default }];
  });
}

/** Gives the schema of the chart's values with what settings of services are, as their own schema says. */
export function withSettings(chart: Schema, settings: Schema): Schema {
  const { properties = {} } = chart;
  const { options = {} } = properties;
  const { properties: ofServices = {} } = settings.properties?.['options'] ?? {};
  return {
    ...chart,
    properties: { ...properties, options: { ...options, properties: ofServices } },
    $defs: { ...settings.$defs },
  };
}

const tableStart = '| value | default | what it is |';

/** Gives a README with the table of values in the place of the one that it has. */
export function withTable(readme: string, values: readonly ChartValue[]): string {
  const before = readme.slice(0, readme.indexOf(tableStart));
  const behind = readme.slice(readme.indexOf(tableStart)).replace(/^(\|.*\n)+/, '');
  const rows = values
    .filter(({ preset }) => preset !== undefined)
    .map(({ path, description, preset }) => {
      const cells = [`\`${path}\``, `\`${JSON.stringify(preset)}\``, description];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
    });
  return `${before}${tableStart}\n|---|---|---|\n${rows.join('')}${behind}`;
}
