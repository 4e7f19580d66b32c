/** The commands that push to and pull from this registry, for each tool that does so. */

/** Where the registry is, and how it is reached. */
export interface Registry {
  host: string;
  /** Reached without TLS: most tools have to be told. */
  plain: boolean;
}

export const PUSH_TOOLS = ["docker", "podman", "nerdctl", "helm", "oras", "skopeo"] as const;
export type PushTool = (typeof PUSH_TOOLS)[number];

export const PULL_TOOLS = ["docker", "podman", "nerdctl", "ctr", "crictl", "skopeo"] as const;
type PullTool = (typeof PULL_TOOLS)[number];

function isPullTool(name: string): name is PullTool {
  return PULL_TOOLS.some((tool) => tool === name);
}

/** How tools are called: commands of one's own by their first words, whole where these are the same. */
export function toolNames(tools: readonly string[]): string[] {
  const first = tools.map((tool) => tool.split(/\s/, 1)[0] ?? tool);
  return tools.map((tool, index) => {
    const word = first[index] ?? tool;
    return first.indexOf(word) === first.lastIndexOf(word) ? word : tool;
  });
}

/** A command of one's own, with what is pulled in its place or at the end. */
function ownCommand(command: string, image: string): string {
  return command.includes("{image}") ? command.replaceAll("{image}", image) : `${command} ${image}`;
}

export function isPushTool(name: string): name is PushTool {
  return PUSH_TOOLS.some((tool) => tool === name);
}

/** A step of pushing. */
export interface Step {
  key: "signIn" | "tag" | "pack" | "push" | "copy";
  command: string;
}

/** What tells a tool to do without TLS; docker and crictl have it in a file of settings. */
const PLAIN: Record<string, string> = {
  podman: " --tls-verify=false",
  nerdctl: " --insecure-registry",
  helm: " --plain-http",
  oras: " --plain-http",
  ctr: " --plain-http",
};

/** How one pushes to a project or, if it is named, to one of its repositories. */
export function pushSteps(
  tool: PushTool,
  { host, plain }: Registry,
  project: string,
  repository = "REPOSITORY",
): Step[] {
  const target = `${host}/${project}/${repository}:TAG`;
  const flag = plain ? (PLAIN[tool] ?? "") : "";
  switch (tool) {
    case "helm": {
      const above = repository.includes("/") ? `/${repository.slice(0, repository.lastIndexOf("/"))}` : "";
      return [
        { key: "signIn", command: `helm registry login ${host}${flag}` },
        { key: "pack", command: "helm package CHART_DIRECTORY" },
        { key: "push", command: `helm push CHART-VERSION.tgz oci://${host}/${project}${above}${flag}` },
      ];
    }
    case "oras":
      return [
        { key: "signIn", command: `oras login ${host}${flag}` },
        { key: "push", command: `oras push ${target} FILE${flag}` },
      ];
    case "skopeo":
      return [
        { key: "signIn", command: `skopeo login ${host}${plain ? " --tls-verify=false" : ""}` },
        {
          key: "copy",
          command: `skopeo copy${plain ? " --dest-tls-verify=false" : ""} docker-daemon:IMAGE:TAG docker://${target}`,
        },
      ];
    default:
      return [
        {
          key: "signIn",
          command: `${tool}${tool === "nerdctl" ? flag : ""} login ${host}${tool === "podman" ? flag : ""}`,
        },
        { key: "tag", command: `${tool} tag IMAGE:TAG ${target}` },
        {
          key: "push",
          command: `${tool}${tool === "nerdctl" ? flag : ""} push ${target}${tool === "podman" ? flag : ""}`,
        },
      ];
  }
}

/** What is pulled. */
export interface Pulled {
  type: string;
  mediaType: string;
  /** With its project. */
  repository: string;
  /** A tag, or a digest with its algorithm. */
  reference: string;
  isIndex: boolean;
}

const IMAGE_CONFIGS = /^application\/vnd\.(?:oci|docker)\./;

/** Whether container runtimes can do anything with it. */
export function isRunnable({ type, mediaType }: Pick<Pulled, "type" | "mediaType">): boolean {
  return type === "IMAGE" || (type === "WASM" && IMAGE_CONFIGS.test(mediaType));
}

/**
 * The command that pulls it: by the tool of choice for images, or by a command of one's own, and by the tool
 * that understands it for the rest.
 */
export function pullCommand(tool: string, { host, plain }: Registry, what: Pulled): string {
  const isDigest = what.reference.includes(":");
  const name = `${host}/${what.repository}`;
  const full = `${name}${isDigest ? "@" : ":"}${what.reference}`;
  const flag = (of: string) => (plain ? (PLAIN[of] ?? "") : "");
  if (what.type === "CHART" && !isDigest) {
    // In tags, helm writes `_` for the `+` of versions.
    return `helm pull oci://${name} --version ${what.reference.replaceAll("_", "+")}${flag("helm")}`;
  }
  if (what.type === "CNAB") return `cnab-to-oci pull ${full}`;
  if (!isRunnable(what)) return `oras pull ${full}${flag("oras")}`;
  if (!isPullTool(tool)) return ownCommand(tool, full);
  switch (tool) {
    case "ctr":
      return `ctr images pull${flag("ctr")} ${full}`;
    case "skopeo":
      return `skopeo copy${what.isIndex ? " --all" : ""}${plain ? " --src-tls-verify=false" : ""} docker://${full} dir:./${what.repository.slice(what.repository.lastIndexOf("/") + 1)}`;
    case "nerdctl":
      return `nerdctl${flag("nerdctl")} pull ${full}`;
    default:
      return `${tool} pull${flag(tool)} ${full}`;
  }
}
