// Checks deploy/kubernetes: what its kustomizations build is typed by Kubernetes' own definitions, and fits together.
// usage: NODE_PATH=FOLDER/node_modules node check.js ROOT, in FOLDER
"use strict";

const assert = require("assert").strict;
const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");
const { build, documents } = require("./kustomize.js");

const root = path.resolve(process.argv[2]);
const manifests = path.join(root, "deploy/kubernetes");

function workloadOf(objects) {
  const workload = objects.find((object) => object.kind === "Deployment");
  return { workload, pod: workload.spec.template };
}

function allContainers(pod) {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
}

// Names in a pod refer to what is there.
function checkReferences(objects, pod) {
  const volumes = pod.spec.volumes.map((volume) => volume.name);
  for (const container of allContainers(pod)) {
    for (const { name } of container.volumeMounts ?? []) assert(volumes.includes(name), `volume ${name} is missing`);
    const ports = (container.ports ?? []).map((port) => port.name);
    for (const probe of [container.startupProbe, container.livenessProbe]) {
      if (probe !== undefined) assert(ports.includes(probe.httpGet.port), `port ${probe.httpGet.port} is missing`);
    }
  }
  for (const { configMap } of pod.spec.volumes) {
    if (configMap === undefined) continue;
    const made = objects.find((object) => object.kind === "ConfigMap" && object.metadata.name === configMap.name);
    assert(made?.data["dbpool.yml"], `ConfigMap ${configMap.name} has no dbpool.yml`);
  }
}

// What SECURITY.md asks for.
function checkHardened(container) {
  const security = container.securityContext;
  assert.equal(security.runAsNonRoot, true);
  assert.equal(security.readOnlyRootFilesystem, true);
  assert.equal(security.allowPrivilegeEscalation, false);
  assert.deepEqual(security.capabilities, { drop: ["ALL"] });
  assert.deepEqual(security.seccompProfile, { type: "RuntimeDefault" });
  assert(container.volumeMounts.some((mount) => mount.mountPath === "/tmp"));
  assert.equal(container.readinessProbe, undefined, "an outage of the database must not stop the application");
}

function checkScraped(pod, exporter, monitor) {
  for (const { key, operator } of monitor.spec.selector.matchExpressions) {
    assert.equal(operator, "Exists");
    assert(key in pod.metadata.labels, `no label ${key}`);
  }
  const ports = exporter.ports.map((port) => port.name);
  for (const { port } of monitor.spec.podMetricsEndpoints) assert(ports.includes(port), `no port ${port}`);
}

function checkExporter(objects, monitor) {
  const { workload, pod } = workloadOf(objects);
  const exporters = allContainers(pod).filter((container) => container.name === "dbpool-exporter");
  assert.equal(exporters.length, 1);
  for (const [label, value] of Object.entries(workload.spec.selector.matchLabels))
    assert.equal(pod.metadata.labels[label], value);
  checkReferences(objects, pod);
  checkHardened(exporters[0]);
  checkScraped(pod, exporters[0], monitor);
}

// The rules are those of alerts/, and the dashboards those of grafana/.
function checkMonitoring(objects, folder) {
  for (const object of objects) {
    const { name } = object.metadata;
    if (object.kind === "PrometheusRule") {
      const [rules] = documents(path.join(root, "alerts", `${name}.rules.yml`));
      assert.deepEqual(object.spec, rules);
      const file = path.join(folder, `${name}.rules.json`);
      fs.writeFileSync(file, JSON.stringify(object.spec));
      execFileSync("promtool", ["check", "rules", "--lint=all", "--lint-fatal", file], { stdio: "inherit" });
    } else if (object.kind === "ConfigMap") {
      const shipped = fs.readFileSync(path.join(root, "grafana", `${name}.json`), "utf8");
      assert.deepEqual(JSON.parse(object.data[`${name}.json`]), JSON.parse(shipped));
      // An annotation of `kubectl apply` has the object once more, in at most 256 KiB.
      assert(JSON.stringify(object).length < 200_000, `${name} is too large`);
    }
  }
  const count = (kind) => objects.filter((object) => object.kind === kind).length;
  const files = (folder, end) => fs.readdirSync(path.join(root, folder)).filter((file) => file.endsWith(end)).length;
  assert.equal(count("PrometheusRule"), files("alerts", ".rules.yml"));
  assert.equal(count("ConfigMap"), files("grafana", ".json"));
}

// Writes the objects as constants of their types, and lets the compiler find fields that are unknown or missing.
function checkTypes(objects) {
  let text = "";
  objects.forEach((object, i) => {
    const models = object.apiVersion.startsWith("monitoring.coreos.com/") ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
    text += `import type { I${object.kind} as T${i} } from "${models}/${object.apiVersion}/${object.kind}";\n`;
    text += `export const object${i}: T${i} = ${JSON.stringify(object, null, 1)};\n`;
  });
  fs.writeFileSync("objects.mts", text);
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", "objects.mts"];
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...flags], { stdio: "inherit" });
}

const copy = path.join(process.cwd(), "kubernetes");
fs.rmSync(copy, { recursive: true, force: true });
fs.cpSync(manifests, copy, { recursive: true });
execFileSync("sh", [path.join(manifests, "monitoring/make"), path.join(copy, "monitoring")], { stdio: "inherit" });

const monitoring = build(path.join(copy, "monitoring"));
checkMonitoring(monitoring, copy);
const monitor = monitoring.find((object) => object.kind === "PodMonitor");
const all = [...monitoring, ...build(path.join(copy, "base"))];
const examples = fs.readdirSync(path.join(copy, "examples"));
assert.equal(examples.length, 3);
for (const example of examples) {
  const objects = build(path.join(copy, "examples", example));
  checkExporter(objects, monitor);
  all.push(...objects);
}
checkTypes(all);
console.log(`${all.length} objects are good`);
