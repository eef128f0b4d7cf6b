/**
 * Puts something between an object's answer and whoever asked. Calls from elsewhere find methods on
 * the class alone, so it is the class that gets the new one, once.
 */
type Method<T> = (this: T, ...args: unknown[]) => unknown;

/** After the method `name` of these objects has run, and before it is answered, `act` is done. */
export function answerLate<T extends object>(
  objectClass: { prototype: T },
  name: keyof T & string,
  act: (object: T) => Promise<void>,
): void {
  const method = Reflect.get(objectClass.prototype, name) as Method<T>;
  const answerLater: Method<T> = async function answerLater(...args) {
    const answer = await method.apply(this, args);
    await act(this);
    return answer;
  };
  Object.defineProperty(objectClass.prototype, name, { value: answerLater, configurable: true });
}
