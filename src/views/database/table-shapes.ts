import type { DataSource } from 'typeorm';
import type { EntityClass } from '../rows.js';

export interface ShapedColumn {
  /** Of the entity. */
  readonly property: string;
  /** Quoted. */
  readonly name: string;
  readonly type: string;
}

export interface TableShape {
  /** Quoted. */
  readonly table: string;
  readonly columns: readonly ShapedColumn[];
  readonly byProperty: ReadonlyMap<string, ShapedColumn>;
}

/** Tables and columns as the entities have them, so that there is one description of them. */
export class TableShapes {
  readonly #shapes = new Map<EntityClass, TableShape>();

  constructor(private readonly source: DataSource) {}

  of(entity: EntityClass): TableShape {
    const known = this.#shapes.get(entity);
    if (known) return known;
    const metadata = this.source.getMetadata(entity);
    const columns = metadata.columns.map(({ propertyName, databaseName, type }) => ({
      property: propertyName,
      name: `"${databaseName}"`,
      type: String(type),
    }));
    const byProperty = new Map(columns.map((column) => [column.property, column]));
    const shape = { table: `"${metadata.tableName}"`, columns, byProperty };
    this.#shapes.set(entity, shape);
    return shape;
  }
}

/** The columns of these properties, in their order. */
export const columnsOf = ({ table, byProperty }: TableShape, properties: readonly string[]): ShapedColumn[] =>
  properties.map((property) => {
    const column = byProperty.get(property);
    if (!column) throw new Error(`${table} has no column for ${property}`);
    return column;
  });
