/** Why a form was not accepted, as its page shows it. */
export type FormRefusal = {
  /** Which form of the page. */
  intent: string;
  code: string;
  detail: string;
  /** By field name: what is wrong with it, as the end of a sentence that begins with its label. */
  fields: Record<string, string>;
  /** What was typed, without secrets. */
  values: Record<string, string>;
};

/** The refusal in an action's answer, if it is for this form. */
export function refusalOf(answer: unknown, intent = ""): FormRefusal | null {
  if (typeof answer !== "object" || answer === null || !("refusal" in answer)) return null;
  // Only `refused` makes answers with a refusal.
  const refusal = answer.refusal as FormRefusal;
  return refusal.intent === intent ? refusal : null;
}

/** The API says `must be ...` of a field; a person reads `Email must be ...`. */
export function asSentence(subject: string, message: string): string {
  const sentence = /^[a-z]/.test(message) ? `${subject} ${message}` : message;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
