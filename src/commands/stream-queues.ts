/** Commands of one stream that are decided and appended together, and so share one commit. */
const MAX_BATCH = 64;

interface Queue<Job> {
  waiting: Job[];
  /** The batch in flight; settles when everything in it is durable or has failed. */
  current: Promise<void>;
}

/** Commands of one stream queue here; those that wait while a batch is in flight make the next batch. */
export class StreamQueues<Job> {
  private readonly queues = new Map<string, Queue<Job>>();

  /** @param run decides and appends a batch; answers every job itself and never rejects */
  constructor(private readonly run: (jobs: Job[]) => Promise<void>) {}

  add(stream: string, job: Job): void {
    const queue = this.queues.get(stream);
    if (queue) queue.waiting.push(job);
    else void this.drain(stream, { waiting: [job], current: Promise.resolve() });
  }

  /** Waits for the batch of that stream that is in flight now. False when there is none. */
  async settled(stream: string): Promise<boolean> {
    const queue = this.queues.get(stream);
    await queue?.current;
    return queue !== undefined;
  }

  private async drain(stream: string, queue: Queue<Job>): Promise<void> {
    this.queues.set(stream, queue);
    while (queue.waiting.length > 0) {
      queue.current = this.run(queue.waiting.splice(0, MAX_BATCH));
      await queue.current;
    }
    this.queues.delete(stream);
  }
}
