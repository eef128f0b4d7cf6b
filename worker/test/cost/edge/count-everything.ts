import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Put around the Worker: counts what Cloudflare bills, where it happens, and tells it under
 * `GET /counts`; `DELETE /counts` begins anew.
 */
const COUNTS_PATH = "/counts";
const counts = new Map<string, number>();
/** What a piece of work belongs to, as far as it matters here: whether somebody waits to be accepted. */
const accepting = new AsyncLocalStorage<true>();

function count(what: string, by = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + by);
}

const { log } = console;
console.log = (...line: unknown[]): void => {
  count("log events");
  log(...line);
};

type Handlers = Required<Pick<ExportedHandler<Env>, "fetch" | "queue" | "scheduled">>;

export function countedHandlers(worker: Handlers): Handlers {
  return {
    async fetch(request, env, context) {
      const { pathname } = new URL(request.url);
      if (pathname === COUNTS_PATH) {
        if (request.method === "DELETE") counts.clear();
        return Response.json(Object.fromEntries(counts));
      }
      count("Worker requests");
      const handle = () => worker.fetch(request, counted(env), context);
      const isAccept = request.method === "POST" && pathname.startsWith("/v1/messages");
      return isAccept ? accepting.run(true, handle) : handle();
    },
    async queue(batch, env, context) {
      count("Worker requests");
      // A message that was read is deleted when it is done with, unless it is to come again.
      count("queue operations: read", batch.messages.length);
      count("queue operations: deleted", batch.messages.length);
      const messages = batch.messages.map((message) =>
        replacing(message, {
          retry: (options?: QueueRetryOptions) => {
            count("queue operations: deleted", -1);
            message.retry(options);
          },
        }),
      );
      await worker.queue(replacing(batch, { messages }), counted(env), context);
    },
    async scheduled(controller, env, context) {
      await worker.scheduled(controller, counted(env), context);
    },
  };
}

type ObjectClass = new (context: DurableObjectState, env: Env) => object;
type Method = (this: object, ...args: unknown[]) => unknown;

export function countedObject(Class: ObjectClass, name: string): ObjectClass {
  const Counted = class extends Class {
    constructor(context: DurableObjectState, env: Env) {
      countStorage(context.storage, name);
      countSockets();
      super(context, counted(env));
    }
  };
  const around: Record<string, (call: () => unknown) => unknown> = {
    alarm: (call) => {
      count(`object requests: alarm of ${name}`);
      return call();
    },
    webSocketMessage: (call) => {
      count(`socket messages in: ${name}`);
      return call();
    },
    accept: (call) => accepting.run(true, call),
    acceptAll: (call) => accepting.run(true, call),
  };
  for (const [method, wrap] of Object.entries(around)) {
    const original: unknown = Reflect.get(Class.prototype, method);
    if (typeof original !== "function") continue;
    const value: Method = function (...args) {
      return wrap(() => Reflect.apply(original, this, args));
    };
    define(Counted.prototype, { [method]: value });
  }
  return Counted;
}

/** Rows as SQLite says, its indexes with them; an alarm and a key-value pair are a row each. */
function countStorage(storage: DurableObjectStorage, name: string): void {
  const { sql, kv } = storage;
  const exec = sql.exec.bind(sql);
  const setAlarm = storage.setAlarm.bind(storage);
  const put = kv.put.bind(kv);
  const remove = kv.delete.bind(kv);
  define(sql, {
    exec: (query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      // An account's pages are written by its checkpoints alone.
      const isPage = /\bpages\b/.test(query);
      count(`rows: ${isPage ? "pages" : "rest"} of ${name}`, cursor.rowsWritten);
      return cursor;
    },
  });
  define(storage, {
    setAlarm: (at: number | Date, options?: DurableObjectSetAlarmOptions) => {
      count(`rows: alarms of ${name}`);
      return setAlarm(at, options);
    },
  });
  define(kv, {
    put: (key: string, value: unknown) => {
      count(`rows: rest of ${name}`);
      put(key, value);
    },
    delete: (key: string) => {
      count(`rows: rest of ${name}`);
      return remove(key);
    },
  });
}

let areSocketsCounted = false;

/** What goes out is free, but told all the same. */
function countSockets(): void {
  if (areSocketsCounted) return;
  areSocketsCounted = true;
  const send: unknown = Reflect.get(WebSocket.prototype, "send");
  if (typeof send !== "function") return;
  define(WebSocket.prototype, {
    send(this: WebSocket, data: string | ArrayBuffer) {
      count("socket messages out");
      Reflect.apply(send, this, [data]);
    },
  });
}

const countedEnvs = new WeakMap<Env, Env>();

/** The same bindings, counted. */
function counted(env: Env): Env {
  const known = countedEnvs.get(env);
  if (known !== undefined) return known;
  const bindings: Record<string, unknown> = { ...env };
  for (const [name, binding] of Object.entries(env)) {
    if (typeof binding !== "object" || binding === null) continue;
    if ("prepare" in binding) countDatabase(binding);
    else if ("sendBatch" in binding) bindings[name] = countedQueue(binding);
    else if ("idFromName" in binding) {
      bindings[name] = countedNamespace(binding, name);
    }
  }
  // The cast holds: every binding is there, with the same methods.
  const result = bindings as unknown as Env;
  countedEnvs.set(env, result);
  return result;
}

function countedNamespace(namespace: DurableObjectNamespace, name: string): object {
  return replacing(namespace, {
    getByName: (of: string) => countedStub(namespace.getByName(of), name),
    get: (id: DurableObjectId) => countedStub(namespace.get(id), name),
  });
}

/** Every call is a request to the object. */
function countedStub(stub: DurableObjectStub, name: string): object {
  return new Proxy(stub, {
    get(target, property) {
      if (typeof property === "symbol" || property === "id" || property === "name") {
        return Reflect.get(target, property);
      }
      return (...args: unknown[]): unknown => {
        count(`object requests: ${name}.${property}`);
        const methods = target as unknown as Record<string, (...args: unknown[]) => unknown>;
        return methods[property]?.(...args);
      };
    },
  });
}

function countedQueue(queue: Queue): object {
  return replacing(queue, {
    send: (body: unknown, options?: QueueSendOptions) => {
      count("queue operations: written");
      return queue.send(body, options);
    },
    sendBatch: (messages: MessageSendRequest[], options?: QueueSendBatchOptions) => {
      count("queue operations: written", messages.length);
      return queue.sendBatch(messages, options);
    },
  });
}

/** Inside the binding every statement goes through one fetcher, and the answer holds what it cost. */
type Database = { alwaysPrimarySession: { fetcher: Fetcher }; fetcher: Fetcher };
type Answer = { meta?: { rows_written?: number } };

const countedDatabases = new WeakSet<Database>();

function countDatabase(database: Database): void {
  if (countedDatabases.has(database)) return;
  countedDatabases.add(database);
  const { fetcher } = database;
  const counting = replacing(fetcher, {
    fetch: async (input: RequestInfo, init?: RequestInit) => {
      const isAccept = accepting.getStore() === true;
      count(`D1 operations ${isAccept ? "on the accept path" : "later"}`);
      const response = await fetcher.fetch(input, init);
      const answers = await response.clone().json<Answer | Answer[]>();
      for (const { meta } of [answers].flat()) count("rows: D1", meta?.rows_written ?? 0);
      return response;
    },
  });
  define(database, { fetcher: counting });
  define(database.alwaysPrimarySession, { fetcher: counting });
}

/** The object with some of its members replaced; what else it does, it does itself. */
function replacing<T extends object>(target: T, members: object): T {
  return new Proxy(target, {
    get(_, property) {
      if (Object.hasOwn(members, property)) return Reflect.get(members, property);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function define(target: object, members: object): void {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
}
