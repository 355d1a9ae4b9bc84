// Builds a kustomization, as far as deploy/kubernetes uses kustomize, which is not a package of Debian or npm. A field
// that this file does not know is an error.
"use strict";

const fs = require("fs");
const path = require("path");
const { parseAllDocuments } = require("yaml");

// By the rules of YAML 1.1, as kubectl reads it.
function documents(file) {
  return parseAllDocuments(fs.readFileSync(file, "utf8"), { version: "1.1" }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
    return document.toJS();
  });
}

function fail(folder, message) {
  throw new Error(`${path.join(folder, "kustomization.yaml")}: ${message}`);
}

function checkFields(folder, object, allowed) {
  for (const field of Object.keys(object)) {
    if (!allowed.includes(field)) fail(folder, `unknown field ${field}`);
  }
}

function kustomization(folder) {
  const [object, ...others] = documents(path.join(folder, "kustomization.yaml"));
  const kinds = {
    "kustomize.config.k8s.io/v1beta1": "Kustomization",
    "kustomize.config.k8s.io/v1alpha1": "Component",
  };
  if (others.length > 0 || kinds[object.apiVersion] !== object.kind) fail(folder, "not one kustomization or component");
  checkFields(folder, object, ["apiVersion", "kind", "resources", "components", "patches", "configMapGenerator"]);
  return object;
}

// kustomize loads no file from outside the folder.
function fileIn(folder, name) {
  if (path.relative(folder, path.resolve(folder, name)).startsWith("..")) fail(folder, `${name} is outside`);
  return path.join(folder, name);
}

function isMap(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// The field by which a strategic merge finds the counterpart of an item; of these lists alone.
const mergeKeys = { containers: "name", initContainers: "name", volumes: "name", ports: "containerPort", volumeMounts: "mountPath" };

function mergedList(name, base, patch) {
  const key = mergeKeys[name];
  if (key === undefined) return patch;
  const known = base.map((item) => item[key]);
  const changed = base.map((item) => {
    const counterpart = patch.find((other) => other[key] === item[key]);
    return counterpart === undefined ? item : merged(item, counterpart);
  });
  return changed.concat(patch.filter((item) => !known.includes(item[key])));
}

function merged(base, patch) {
  const result = { ...base };
  for (const [name, value] of Object.entries(patch)) {
    if (isMap(value)) result[name] = merged(isMap(result[name]) ? result[name] : {}, value);
    else if (Array.isArray(value)) result[name] = mergedList(name, result[name] ?? [], value);
    else result[name] = value;
  }
  return result;
}

function isTarget(object, target) {
  const [label, value] = target.labelSelector.split("=");
  return object.kind === target.kind && object.metadata.labels?.[label] === value;
}

function patched(folder, objects, { path: name, target, ...others }) {
  checkFields(folder, others, []);
  checkFields(folder, target, ["kind", "labelSelector"]);
  const [patch] = documents(fileIn(folder, name));
  return objects.map((object) => {
    if (!isTarget(object, target)) return object;
    const { kind, metadata, ...content } = patch;
    return merged(object, content);
  });
}

function generated(folder, { name, files, ...others }) {
  checkFields(folder, others, []);
  const data = Object.fromEntries(files.map((file) => [file, fs.readFileSync(fileIn(folder, file), "utf8")]));
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
}

// Returns the objects that the folder makes of those before it.
function build(folder, before = []) {
  const { resources = [], components = [], patches = [], configMapGenerator = [] } = kustomization(folder);
  let objects = [...before];
  for (const name of resources) {
    const place = path.resolve(folder, name);
    objects.push(...(fs.statSync(place).isDirectory() ? build(place) : documents(fileIn(folder, name))));
  }
  objects.push(...configMapGenerator.map((generator) => generated(folder, generator)));
  for (const name of components) objects = build(path.resolve(folder, name), objects);
  for (const patch of patches) objects = patched(folder, objects, patch);
  const names = objects.map((object) => `${object.kind} ${object.metadata.name}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail(folder, `two objects are ${twice}`);
  return objects;
}

module.exports = { build, documents };
