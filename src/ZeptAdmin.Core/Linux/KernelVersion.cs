using System.Globalization;

namespace ZeptAdmin.Linux;

/// <summary>The first three numbers of a kernel release: 6.12.95 of <c>6.12.95+deb13-amd64</c>.</summary>
/// <remarks>A distribution may carry changes of later kernels; where an answer itself tells them apart, that is asked instead.</remarks>
/// <param name="Major">First number.</param>
/// <param name="Minor">Second number.</param>
/// <param name="Patch">Third number, 0 where there is none.</param>
public readonly record struct KernelVersion(int Major, int Minor, int Patch = 0) : IComparable<KernelVersion>
{
    /// <summary>The kernel of a machine (/proc/sys/kernel/osrelease, else /proc/version); null when neither is there.</summary>
    public static KernelVersion? Of(FileTree files)
    {
        if (TryParse(files.ReadText("/proc/sys/kernel/osrelease"), out KernelVersion release))
        {
            return release;
        }

        // "Linux version 6.12.95+deb13-amd64 (debian-kernel@…"
        string[] words = files.ReadText("/proc/version")?.Split(' ') ?? [];
        return words.Length > 2 && TryParse(words[2], out release) ? release : null;
    }

    /// <summary>Reads a release; false when it does not start with two numbers.</summary>
    public static bool TryParse(string? text, out KernelVersion version)
    {
        version = default;
        string[] parts = (text ?? "").Split('.', 3);
        if (parts.Length < 2 || !Leading(parts[0], out int major) || !Leading(parts[1], out int minor))
        {
            return false;
        }

        _ = Leading(parts.Length > 2 ? parts[2] : "", out int patch);
        version = new KernelVersion(major, minor, patch);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(KernelVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    /// <summary>True when the first is older.</summary>
    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    /// <summary>True when the first is newer.</summary>
    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    /// <summary>True when the first is older or the same.</summary>
    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True when the first is newer or the same.</summary>
    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static bool Leading(string text, out int number)
    {
        int end = 0;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return int.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
