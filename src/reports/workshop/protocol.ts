export interface WorkshopWorkerData {
  readonly eventStore: string;
  readonly database: string;
  /** The data folder, where the ledger's tree is. */
  readonly folder: string;
}

export interface ToWorkshop {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export type FromWorkshop =
  | { readonly kind: 'progress'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: unknown };
