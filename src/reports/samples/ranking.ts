import { hash } from 'node:crypto';
import { compareCodeUnits } from '../../views/order.js';

/** A row's place in the draw: SHA-256 of `seed:changeId` in hex. Anybody can work it out with tools of their own. */
export const rankingKey = (seed: string, changeId: string): string => hash('sha256', `${seed}:${changeId}`, 'hex');

export interface Ranked<Row> {
  readonly key: string;
  readonly row: Row;
}

/** Keeps the rows with the smallest keys, in memory for no more than `size` of them. */
export class SmallestKeys<Row> {
  /** A heap with the largest key first. */
  readonly #heap: Ranked<Row>[] = [];

  constructor(private readonly size: number) {}

  offer(key: string, row: Row): void {
    const heap = this.#heap;
    if (heap.length < this.size) {
      heap.push({ key, row });
      this.#rise(heap.length - 1);
    } else if (heap[0] && key < heap[0].key) {
      heap[0] = { key, row };
      this.#sink(0);
    }
  }

  /** In the order of their keys. */
  ranked(): Ranked<Row>[] {
    return [...this.#heap].sort((a, b) => compareCodeUnits(a.key, b.key));
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (this.#keyAt(parent) >= this.#keyAt(at)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      const children = [2 * at + 1, 2 * at + 2].filter((child) => child < this.#heap.length);
      const largest = children.reduce((best, child) => (this.#keyAt(child) > this.#keyAt(best) ? child : best), at);
      if (largest === at) return;
      this.#swap(at, largest);
      at = largest;
    }
  }

  #keyAt(index: number): string {
    return this.#heap[index]?.key ?? '';
  }

  #swap(left: number, right: number): void {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    if (!one || !other) return;
    this.#heap[left] = other;
    this.#heap[right] = one;
  }
}
