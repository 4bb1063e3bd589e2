using ZeptAdmin.Changes;
using ZeptAdmin.Cpus;
using ZeptAdmin.Irqs;
using ZeptAdmin.KernelArguments;
using ZeptAdmin.Logs.Pipeline;
using ZeptAdmin.Nics;
using ZeptAdmin.Rss;
using ZeptAdmin.Suricata;
using ZeptAdmin.Xdp;
using ZeptAdmin.Zeek;

namespace ZeptAdmin.Plans;

/// <summary>All kinds of settings that the module changes: what the journal's names mean.</summary>
public static class KnownSettings
{
    /// <summary>The table of all kinds.</summary>
    public static SettingKinds All { get; } = new(
        new BootFileSetting(),
        new BootMenuSetting(),
        new CpuFrequencySetting(),
        new CpuIdleStateSetting(),
        new CpuMaskSetting(),
        new CpuLatencyHolderSetting(),
        new CpuPrefetcherSetting(),
        new CpuResumeLatencySetting(),
        new CpuTurboSetting(),
        new IrqAffinitySetting(),
        new IrqBalanceFileSetting(),
        new KernelThreadSetting(),
        new NetBudgetSetting(),
        new NicChannelSetting(),
        new NicCoalesceSetting(),
        new NicFeatureSetting(),
        new NicFlowRuleSetting(),
        new NicHashFieldsSetting(),
        new NicIpv6Setting(),
        new NicLinkSetting(),
        new NicPauseSetting(),
        new NicPrivateFlagSetting(),
        new NicRingSetting(),
        new NicRssSetting(),
        new XdpFilterSetting(),
        new PlanFileSetting(),
        new QueueRpsSetting(),
        new QueueXpsSetting(),
        new SuricataConfigFileSetting(),
        new SyslogNgFileSetting(),
        new XdpFilterRulesSetting(),
        new ZeekConfigFileSetting());
}
