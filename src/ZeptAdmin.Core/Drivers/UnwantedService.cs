namespace ZeptAdmin.Drivers;

/// <summary>A service that does not belong on a sensor.</summary>
/// <param name="Unit">Its systemd unit.</param>
/// <param name="Programs">Names of its processes, at most 15 letters as the kernel cuts them.</param>
/// <param name="Why">What it does to a sensor, in few words.</param>
public sealed record UnwantedService(string Unit, string[] Programs, string Why)
{
    private const string Talks = "sends and takes frames on capture ports";
    private const string Desktop = "belongs on a desk";
    private const string Other = "work of another kind";

    /// <summary>What belongs on a desk, what talks on every port, and servers of other work. Docker stays: sensors run in it. irqbalance, tuned, dhclient and lldpd have checks of their own.</summary>
    /// <remarks>field.md F6, P5: "never run a sensor with production daemons".</remarks>
    public static IReadOnlyList<UnwantedService> All { get; } =
    [
        new("ladvd.service", ["ladvd"], Talks),
        new("avahi-daemon.service", ["avahi-daemon"], Talks),
        new("wpa_supplicant.service", ["wpa_supplicant"], Desktop),
        new("ModemManager.service", ["ModemManager"], Desktop),
        new("bluetooth.service", ["bluetoothd"], Desktop),
        new("cups.service", ["cupsd"], Desktop),
        new("cups-browsed.service", ["cups-browsed"], Desktop),
        new("gdm.service", ["gdm", "gdm3"], Desktop),
        new("lightdm.service", ["lightdm"], Desktop),
        new("sddm.service", ["sddm"], Desktop),
        new("packagekit.service", ["packagekitd"], "fetches and unpacks packages when it likes to"),
        new("unattended-upgrades.service", ["unattended-upgr"], "changes kernel and drivers when it likes to"),
        new("snapd.service", ["snapd"], "fetches and unpacks packages when it likes to"),
        new("apache2.service", ["apache2"], Other),
        new("httpd.service", ["httpd"], Other),
        new("mysql.service", ["mysqld"], Other),
        new("mariadb.service", ["mariadbd"], Other),
        new("postgresql.service", ["postgres"], Other),
        new("named.service", ["named"], Other),
        new("smbd.service", ["smbd"], Other),
        new("nfs-server.service", ["nfsd"], Other),
        new("libvirtd.service", ["libvirtd"], Other),
    ];
}
