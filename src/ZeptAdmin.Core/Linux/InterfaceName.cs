using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>What may be the name of a network interface.</summary>
public static class InterfaceName
{
    /// <summary>Bytes of a name, the zero behind it included (linux/if.h).</summary>
    public const int IFNAMSIZ = 16;

    /// <summary>True for what the kernel accepts as a name (net/core/dev.c, dev_valid_name); so true for every interface that exists.</summary>
    /// <remarks>
    /// Asked before a name becomes part of a path below /sys, and before SIOCETHTOOL, which for the sake of old aliases
    /// drops a colon and what follows: without this check 'eth0:x' would answer as 'eth0'.
    /// </remarks>
    public static bool IsPossible(string name)
    {
        if (name is "" or "." or ".." || Encoding.UTF8.GetByteCount(name) >= IFNAMSIZ)
        {
            return false;
        }

        foreach (char c in name)
        {
            if (c is '/' or ':' or '\0' or (>= '\t' and <= '\r') or ' ' or '\u00a0')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for a name that may stand in a configuration: its readers and a shell take it for nothing else.</summary>
    public static bool IsPlain(string name) => IsPossible(name) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or '+');
}
