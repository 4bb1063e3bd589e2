using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Cpus;

/// <summary>Reads what a running tuned keeps in force, from its files: it is not asked, so that a snapshot tells the same.</summary>
/// <remarks>tuned/profiles/{loader,locator,merger}.py of redhat-performance/tuned.</remarks>
public static class TunedProfiles
{
    private const string Program = "tuned";
    private const string Active = "/etc/tuned/active_profile";
    private const int DeepestInclude = 16;

    // tuned 2.23 moved profiles one folder down; what is under /etc goes before what is under /usr.
    private static readonly string[] Folders = ["/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned"];

    /// <summary>What tuned keeps in force; null when it does not run.</summary>
    public static TunedProfile? Get(Sensor sensor)
    {
        if (ProcessFolders.Find(sensor.Files, Program) is not int process)
        {
            return null;
        }

        string[] names = (sensor.Files.ReadText(Active) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Reading reading = new(sensor.Files);
        foreach (string name in names)
        {
            reading.Add(name, depth: 0);
        }

        return new TunedProfile(process, names, reading.Settings(), [.. reading.Missing]);
    }

    private sealed class Reading(FileTree files)
    {
        private readonly List<TunedSetting> _settings = [];

        public List<string> Missing { get; } = [];

        public TunedSetting[] Settings() => [.. _settings.Where(setting => setting.Plugin is not ("main" or "variables"))];

        public void Add(string profile, int depth)
        {
            // A name is part of a path, and profiles may include each other in a ring.
            string? text = depth > DeepestInclude || profile.Contains('/', StringComparison.Ordinal) || profile.StartsWith('.')
                ? null
                : Folders.Select(folder => files.ReadText($"{folder}/{profile}/tuned.conf")).FirstOrDefault(found => found is not null);
            if (text is null)
            {
                Missing.Add(profile);
                return;
            }

            TunedSetting[] own = [.. Parse(text, profile)];
            foreach (TunedSetting include in own.Where(setting => setting is { Unit: "main", Name: "include" }))
            {
                foreach (string name in include.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
                {
                    // "-name" is one that may be missing.
                    Add(name.TrimStart('-'), depth + 1);
                }
            }

            foreach (IGrouping<string, TunedSetting> unit in own.GroupBy(setting => setting.Unit))
            {
                Lay(unit.Key, [.. unit]);
            }
        }

        private void Lay(string unit, TunedSetting[] own)
        {
            bool Says(string name, string value) => own.Any(setting => setting.Name == name && setting.Value.Equals(value, StringComparison.OrdinalIgnoreCase));
            if (Says("replace", "1") || Says("replace", "true") || Says("enabled", "0") || Says("enabled", "false"))
            {
                _ = _settings.RemoveAll(setting => setting.Unit == unit);
            }

            if (Says("enabled", "0") || Says("enabled", "false"))
            {
                return;
            }

            foreach (TunedSetting setting in own.Where(setting => setting.Name is not ("replace" or "enabled" or "type" or "priority")))
            {
                _ = _settings.RemoveAll(known => known.Unit == unit && known.Name == setting.Name);
                _settings.Add(setting);
            }
        }

        private static IEnumerable<TunedSetting> Parse(string text, string profile)
        {
            (string Unit, string Name, string Value)[] lines = [.. Lines(text)];
            Dictionary<string, string> types = lines.Where(line => line.Name == "type").GroupBy(line => line.Unit).ToDictionary(unit => unit.Key, unit => unit.Last().Value, StringComparer.Ordinal);
            return lines.Select(line => new TunedSetting(line.Unit, types.GetValueOrDefault(line.Unit, line.Unit), line.Name, line.Value, profile));
        }

        private static IEnumerable<(string Unit, string Name, string Value)> Lines(string text)
        {
            string unit = "";
            foreach (string raw in text.Split('\n'))
            {
                string line = raw.Trim();
                int equals = line.IndexOf('=', StringComparison.Ordinal);
                if (line.StartsWith('[') && line.EndsWith(']'))
                {
                    unit = line[1..^1].Trim();
                }
                else if (unit.Length > 0 && equals > 0 && line[0] is not ('#' or ';'))
                {
                    yield return (unit, line[..equals].Trim(), line[(equals + 1)..].Trim());
                }
            }
        }
    }
}
