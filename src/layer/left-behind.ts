import type { LayerFile, PackageFiles } from "./file.ts";
import type { Layout } from "./layout.ts";
import type { Recipe } from "./recipes.ts";
import { covers } from "./recipes.ts";

/** Data that no library reads at run time: documentation, translations, what packaging needs. */
const NO_MATTER =
  /^\/usr\/(?:share\/(?:doc|doc-base|man|info|locale|licenses|lintian|bug|bash-completion|zsh|menu|applications|pixmaps|icons|pkgconfig|gir-1\.0|aclocal|apport|metainfo|perl5|gtk-doc|vim|emacs|polkit-1|systemd)|lib(?:64)?\/(?:\.build-id|systemd|tmpfiles\.d|sysusers\.d))(?:\/|$)|^\/etc\/(?:ld\.so\.conf\.d|logrotate\.d|cron\.[a-z]+|init\.d|default|profile\.d)(?:\/|$)/;
const DATA = /^(\/usr\/share\/[^/]+|\/etc\/[^/]+)(?:\/|$)/;

/**
 * What packages bring besides libraries that is not in the layer, or that their libraries will not find there, and that
 * no recipe covers: a sentence a package.
 */
export function leftBehind(
  packages: readonly PackageFiles[],
  recipes: readonly Recipe[],
  files: readonly LayerFile[],
  layout: Layout,
): string[] {
  const shipped = new Set(files.map(({ path }) => path));
  // Package databases list folders beside files.
  const folders = new Set(
    packages.flatMap(({ paths }) => paths.map((path) => path.slice(0, path.lastIndexOf("/")))),
  );
  return packages
    .filter(({ name }) => !recipes.some((recipe) => covers(recipe, name)))
    .flatMap(({ name, paths }) => {
      const data = dataFolders(
        paths.filter((path) => !folders.has(path) && !shipped.has(layout.pathOf(path))),
      );
      const plugins = pluginFolders(files.filter((file) => file.package === name && !file.link));
      const notes = [];
      if (plugins.length > 0) {
        notes.push(
          `${name} brings plug-ins, now in ${plugins.map((one) => `/opt/${one}`).join(", ")}: its library may have to be told to look there`,
        );
      }
      if (data.length > 0) {
        notes.push(
          `${name} brings data that is not in the layer: ${data.join(", ")}; Include what its library reads`,
        );
      }
      return notes;
    });
}

function dataFolders(paths: readonly string[]): string[] {
  const folders = paths
    .filter((path) => !NO_MATTER.test(path))
    .map((path) => (DATA.test(path) ? (DATA.exec(path)?.[1] ?? "") : ""));
  return [...new Set(folders.filter((folder) => folder !== ""))].toSorted();
}

function pluginFolders(files: readonly LayerFile[]): string[] {
  const folders = files
    .filter(({ path }) => path.startsWith("lib/") && path.split("/").length > 2)
    .map(({ path }) => path.split("/").slice(0, 2).join("/"));
  return [...new Set(folders)].toSorted();
}
