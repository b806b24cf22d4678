/** Keys and their order are kept with the seals; nothing is decided here. */
export type SigningState = Readonly<Record<string, never>>;

export const initialState = (): SigningState => ({});

export const evolve = (state: SigningState): SigningState => state;
