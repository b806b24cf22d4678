/** Waits until something holds, for ten seconds unless told otherwise. */
export async function eventually(holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it did not come to hold within ${timeoutMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
