import type { Pool } from 'pg';
import { type DataSource, QueryFailedError } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/**
 * A statement that every submission needs: the server parses and plans it once per connection, where planning takes
 * longer than doing. TypeORM has no way to name a statement, so it goes to the same pool by itself.
 */
export class Statement<Row extends object> {
  /** @param name of this text in the server; one name, one text */
  constructor(
    private readonly name: string,
    private readonly text: string,
  ) {}

  /** @throws QueryFailedError, as TypeORM's queries do, also when there is no connection */
  async run(dataSource: DataSource, values: readonly unknown[]): Promise<Row[]> {
    const pool = (dataSource.driver as PostgresDriver).master as Pool;
    try {
      const { rows } = await pool.query<Row>({ name: this.name, text: this.text, values: [...values] });
      return rows;
    } catch (error) {
      throw new QueryFailedError(this.text, [...values], error as Error);
    }
  }
}
