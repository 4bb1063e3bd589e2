using Newtonsoft.Json.Linq;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Changes;

/// <summary>One setting of one target: the key under which the journal keeps values.</summary>
/// <param name="Kind">Kind of setting: <c>NicRing</c>.</param>
/// <param name="Target">Whose: an interface name, an interrupt number, a path.</param>
public readonly record struct SettingKey(string Kind, string Target)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} of '{Target}'";
}

/// <summary>A kind of thing on a machine that can be read and written whole, so that a value read once can be put back.</summary>
/// <remarks>Values are JSON, because the journal has to keep them across processes. A value holds everything that a write may alter.</remarks>
public abstract class Setting
{
    /// <summary>Kind, as the journal names it. Part of the journal's format: never rename.</summary>
    public abstract string Kind { get; }

    /// <summary>True when a reboot brings the default back, so that a change of an earlier boot needs no undoing.</summary>
    public virtual bool IsLostAtReboot => true;

    /// <summary>Reads the value.</summary>
    public abstract Answer<JToken> Read(Sensor sensor, string target);

    /// <summary>Writes the value; null when the kernel took it.</summary>
    public abstract Refusal? Write(Sensor sensor, string target, JToken value);

    /// <summary>Other settings that a write of this one may change behind the user's back.</summary>
    public virtual IEnumerable<SettingKey> Disturbs(Sensor sensor, string target) => [];

    /// <summary>
    /// What of a remembered value still makes sense when it is put back after something else changed: a table may name queues that are gone.
    /// </summary>
    /// <param name="remembered">Value before the disturbance.</param>
    /// <param name="now">Value after it.</param>
    public virtual JToken Fit(JToken remembered, JToken now) => remembered;

    /// <summary>True when two values mean the same.</summary>
    public virtual bool AreSame(JToken left, JToken right) => JToken.DeepEquals(left, right);

    /// <summary>The change in words, as a question would put it: <c>Set the receive ring of 'ens1f0' from 512 to 4096</c>.</summary>
    public abstract string Describe(string target, JToken before, JToken after);
}
