using System.Text;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Sensors;

/// <summary>What leaves a machine of its boot files.</summary>
public sealed class BootSecretsTests
{
    private const string Line =
        "root=UUID=6f1c2d3e-1111-2222-3333-444455556666 ro rd.luks.key=/keys/geheim rd.iscsi.password=hunter2 systemd.set_credential=db:hunter2 netroot=iscsi:joe:hunter2@10.1.2.3::3260 ip=10.1.2.3 isolcpus=1-3";

    [Theory]
    [InlineData("/proc/cmdline", Line + "\n")]
    [InlineData("/etc/kernel/cmdline", Line + "\n")]
    [InlineData("/etc/kernel/cmdline.d/own.conf", Line + "\n")]
    [InlineData("/etc/default/grub", "GRUB_SUPERUSER=hunter2\nGRUB_CMDLINE_LINUX=\"" + Line + "\"\n")]
    [InlineData("/etc/default/grub.d/zz-zeptadmin.cfg", "# hunter2\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX " + Line + "\"\n")]
    [InlineData("/boot/grub/grub.cfg", "set superusers=\"hunter2\"\npassword_pbkdf2 hunter2 grub.pbkdf2.sha512.10000.ABCD\nmenuentry 'A' {\n\tlinux\t/vmlinuz " + Line + "\n\tinitrd /initrd\n}\n")]
    [InlineData("/boot/loader/entries/0123456789abcdef0123456789abcdef-6.1.conf", "title hunter2\nlinux /vmlinuz\noptions " + Line + "\n")]
    public void Nothing_secret_of_a_boot_file_leaves_the_machine_and_its_arguments_do(string path, string content)
    {
        string kept = Encoding.UTF8.GetString(new SnapshotSecrets(null).File(path, Encoding.UTF8.GetBytes(content)));

        foreach (string secret in (string[])["hunter2", "geheim", "10.1.2.3", "6f1c2d3e", "pbkdf2"])
        {
            Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
        }

        Assert.Contains("isolcpus=1-3", kept, StringComparison.Ordinal);
        Assert.Contains(" ro ", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_the_environment_of_grub_the_chosen_entry_stays()
    {
        string kept = Encoding.UTF8.GetString(new SnapshotSecrets(null).File(
            "/boot/grub2/grubenv", "# GRUB Environment Block\nkernelopts=root=/dev/sda1 hunter2\nsaved_entry=0123456789abcdef0123456789abcdef-6.1\n"u8));

        Assert.Equal("saved_entry=00000000000000000000000000000000-6.1\n", kept);
    }

    [Fact]
    public void The_number_of_the_machine_is_not_in_the_name_of_an_entry() => Assert.Equal(
        "/boot/loader/entries/00000000000000000000000000000000-6.1.conf", new SnapshotSecrets(null).Path("/boot/loader/entries/0123456789abcdef0123456789abcdef-6.1.conf"));
}
