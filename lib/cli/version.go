package cli

import "runtime/debug"

// release is set when a release is linked: -ldflags "-X f2b/lib/cli.release=1.2.3".
var release string

// version is the release, else what the build knows of where it came from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, modified := "", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = " " + setting.Value[:min(12, len(setting.Value))]
		case setting.Key == "vcs.modified" && setting.Value == "true":
			modified = " modified"
		}
	}
	if info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel" + revision + modified
	}
	return info.Main.Version
}
