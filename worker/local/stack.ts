import { mkdirSync, rmSync } from "node:fs";
import { z } from "zod";
import { build, bundleFile, migrate } from "./build.ts";
import { type Ports, portsFrom, root } from "./layout.ts";
import { readSecrets, type Secrets } from "./secrets.ts";
import { answers, Service } from "./service.ts";

export type StackOptions = {
  /** Where this stack keeps its state. */
  directory: string;
  /** The first of four ports in a row. */
  port: number;
  /** How many session hosts; 1 unless told. */
  hosts?: number;
  /** Hot reload: Vite serves the pages, the Worker and the host start anew when their code changes. */
  isHot?: boolean;
  /** For the lab, which puts something between the parts. */
  tampering?: Tampering;
};

/** A link between two parts: who dials, and whom. */
export type Link = { from: "client" | `host-${number}`; to: "edge" | "whatsapp" };

/** What the lab changes about a stack; the parts themselves stay what they are. */
export type Tampering = {
  /** The bundle to serve in place of the deployable one, once it is built. */
  bundle: () => Promise<string>;
  /** Further variables of the Worker. */
  bindings: Record<string, string>;
  /** Options of each host's Node. */
  hostArguments: (host: number) => readonly string[];
  /** The port to dial in place of the part's own. */
  route: (link: Link, port: number) => Promise<number>;
};

/** The whole product on this machine: processes of its own, state in one directory. */
export type Stack = AsyncDisposable & {
  apiUrl: string;
  webUrl: string;
  sandboxUrl: string;
  mailUrl: string;
  directory: string;
  secrets: Secrets;
  /** workerd with the Worker. */
  edge: Service;
  /** The session-node hosts; there is at least one. */
  hosts: [Service, ...Service[]];
  /** The WhatsApp network. */
  whatsapp: Service;
  mail: Service;
  /** Resolves when every part answers and every host is connected. */
  ready: () => Promise<void>;
};

const RootKey = z.object({ public_key: z.string() });

/** Builds what changed, migrates, starts every part and waits until all answer. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { directory } = options;
  const isHot = options.isHot ?? false;
  const ports = portsFrom(options.port, isHot);
  const logs = `${directory}/logs`;
  mkdirSync(logs, { recursive: true });
  const secrets = readSecrets(`${directory}/secrets.json`);
  const address = (port: number): string => `http://127.0.0.1:${port}`;
  const webUrl = `http://localhost:${ports.web}`;

  const whatsapp = new Service({
    name: "whatsapp",
    script: `${root}session-node/sandbox/main.ts`,
    environment: {
      ROOST_SANDBOX_PORT: String(ports.whatsapp),
      ROOST_SANDBOX_DIRECTORY: `${directory}/whatsapp`,
    },
    logFile: `${logs}/whatsapp.log`,
    isReady: () => answers(`${address(ports.whatsapp)}/stats`),
  });
  const mail = new Service({
    name: "mail",
    script: `${root}worker/sandbox/main.ts`,
    environment: {
      ROOST_MAIL_SMTP_PORT: String(ports.smtp),
      ROOST_MAIL_HTTP_PORT: String(ports.mail),
      ROOST_MAIL_DIRECTORY: `${directory}/mail`,
    },
    logFile: `${logs}/mail.log`,
    isReady: () => answers(`${address(ports.mail)}/mails`),
  });
  const { tampering } = options;
  const route = tampering?.route ?? (async (_link: Link, port: number) => port);
  const bundle = (await tampering?.bundle()) ?? bundleFile;
  const edge = edgeService(directory, ports, secrets, isHot, bundle, tampering?.bindings);

  const running: Service[] = [];
  const start = (service: Service): void => {
    running.push(service);
    service.start();
  };
  const dispose = async (): Promise<void> => {
    // Hosts first: they give their sessions back while the edge still listens.
    for (const service of running.toReversed()) await service.stop();
  };

  try {
    start(whatsapp);
    start(mail);
    const built = isHot || tampering !== undefined ? undefined : build();
    await Promise.all([built, migrate(`${directory}/edge`), whatsapp.ready()]);
    start(edge);
    if (isHot) start(pagesService(directory, ports));
    const answer = await fetch(`${address(ports.whatsapp)}/root-key`);
    const { public_key: rootKey } = RootKey.parse(await answer.json());
    const hostAt = async (number: number): Promise<Service> => {
      const from = `host-${number}` as const;
      const dialled = {
        edge: await route({ from, to: "edge" }, ports.edge),
        whatsapp: await route({ from, to: "whatsapp" }, ports.whatsapp),
      };
      const nodeArguments = tampering?.hostArguments(number) ?? [];
      return hostService(directory, ports, secrets, {
        rootKey,
        number,
        isHot,
        dialled,
        nodeArguments,
      });
    };
    const hosts: [Service, ...Service[]] = [await hostAt(1)];
    for (let number = 2; number <= (options.hosts ?? 1); number++) hosts.push(await hostAt(number));
    for (const host of hosts) start(host);

    const ready = async (): Promise<void> => {
      await Promise.all(running.map((service) => service.ready()));
    };
    await ready();
    return {
      apiUrl: address(await route({ from: "client", to: "edge" }, ports.edge)),
      webUrl,
      sandboxUrl: address(ports.whatsapp),
      mailUrl: address(ports.mail),
      directory,
      secrets,
      edge,
      hosts,
      whatsapp,
      mail,
      ready,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function edgeService(
  directory: string,
  ports: Ports,
  secrets: Secrets,
  isHot: boolean,
  bundle: string,
  further: Record<string, string> = {},
): Service {
  const bindings = {
    ...further,
    MODE: "sandbox",
    PUBLIC_URL: `http://localhost:${ports.web}`,
    MAIL_FROM: "Roost <no-reply@roost.localhost>",
    SMTP_HOST: "127.0.0.1",
    SMTP_PORT: String(ports.smtp),
    HOST_SECRET: secrets.host_secret,
  };
  return new Service({
    name: "edge",
    script: `${root}worker/local/${isHot ? "serve-hot" : "serve"}.ts`,
    environment: {
      PORT: String(ports.edge),
      ROOST_PERSIST: `${directory}/edge`,
      ROOST_BINDINGS: JSON.stringify(bindings),
      ROOST_BUNDLE: bundle,
    },
    logFile: `${directory}/logs/edge.log`,
    isLoud: isHot,
    isReady: () => answers(`http://127.0.0.1:${ports.edge}/v1/health`),
  });
}

function pagesService(directory: string, ports: Ports): Service {
  return new Service({
    name: "pages",
    script: `${root}web/node_modules/@remix-run/dev/dist/cli.js`,
    arguments: ["vite:dev", `${root}web`, "--port", String(ports.web), "--strictPort"],
    environment: { ROOST_DEV_API: `http://127.0.0.1:${ports.edge}` },
    logFile: `${directory}/logs/pages.log`,
    isLoud: true,
    isReady: () => answers(`http://localhost:${ports.web}/`),
  });
}

function hostService(
  directory: string,
  ports: Ports,
  secrets: Secrets,
  host: {
    rootKey: string;
    number: number;
    isHot: boolean;
    dialled: { edge: number; whatsapp: number };
    nodeArguments: readonly string[];
  },
): Service {
  const { number, isHot, dialled } = host;
  const name = `local-${number}`;
  const edge = `http://127.0.0.1:${ports.edge}`;
  return new Service({
    name: `host ${name}`,
    // The small young generation is what makes an idle session cheap: see session-node/README.md.
    nodeArguments: [
      "--max-semi-space-size=2",
      ...(isHot ? ["--watch-preserve-output", "--watch"] : []),
      ...host.nodeArguments,
    ],
    script: `${root}session-node/src/main.ts`,
    environment: {
      ROOST_EDGE_URL: `http://127.0.0.1:${dialled.edge}`,
      ROOST_HOST_NAME: name,
      ROOST_HOST_SECRET: secrets.host_secret,
      ROOST_KEY_ENCRYPTION_KEY: secrets.key_encryption_key,
      ROOST_SANDBOX: "1",
      ROOST_SANDBOX_WHATSAPP_URL: `ws://127.0.0.1:${dialled.whatsapp}/ws/chat`,
      ROOST_SANDBOX_CONTROL_URL: `http://127.0.0.1:${ports.whatsapp}`,
      ROOST_SANDBOX_ROOT_KEY: host.rootKey,
      ROOST_SANDBOX_CRASH_FILE: `${directory}/crash-${number}`,
    },
    logFile: `${directory}/logs/host-${number}.log`,
    isReady: async () => {
      const response = await fetch(`${edge}/v1/health`);
      const { hosts } = Health.parse(await response.json());
      return hosts.includes(name);
    },
  });
}

/** What `GET /v1/health` answers in the sandbox. */
const Health = z.object({ status: z.literal("ok"), hosts: z.array(z.string()) });

/** Forgets everything but what was built. */
export function resetState(directory: string): void {
  const files = ["secrets.json", "people.json", "sandbox.json"];
  for (const part of ["edge", "whatsapp", "mail", "logs", ...files]) {
    rmSync(`${directory}/${part}`, { recursive: true, force: true });
  }
}
