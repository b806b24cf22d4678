/**
 * Every step after which a crash leaves something else behind, in the order in which they are taken. Tests fail and
 * kill the sealer at each of them.
 */
export const SEALER_STEPS = [
  'lock-seals',
  'make-seals',
  'name-log',
  'write-key',
  'rename-key',
  'sync-key',
  'enter-key',
  'open-tree',
  'truncate-tree',
  'read-batch',
  'write-tiles',
  'commit-tiles',
  'read-back',
  'load-last-seal',
  'sign',
  'insert-seal',
  'commit-seal',
  'after-seal',
  'publish',
] as const;

/** Those of a rotation. Its first three are those that make a key. */
export const ROTATION_STEPS = [
  'write-key',
  'rename-key',
  'sync-key',
  'state-rotation',
  'enter-key',
  'take-key',
] as const;

/** Those that there are besides where servers share a log. */
export const REGISTER_STEPS = [
  'read-register',
  'begin-register',
  'begun-register',
  'register-seal',
  'registered-seal',
  'register-key',
  'registered-key',
  'take-seal',
  'bring-rows',
  'brought-rows',
] as const;

export type SealerStep = (typeof SEALER_STEPS | typeof ROTATION_STEPS | typeof REGISTER_STEPS)[number];

/** Called before each step; a test's throws or kills. */
export type AtStep = (step: SealerStep) => void;

export const goOn: AtStep = () => undefined;
