using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

public sealed class RefusalTests
{
    [Fact]
    public void A_program_that_failed_is_named_and_the_kernel_left_out_of_it() =>
        Assert.Equal(
            "Cannot make the boot menu '/boot/grub/grub.cfg'. grub-mkconfig ended with 1.",
            new Refusal(Errno.EIO, "make the boot menu", "/boot/grub/grub.cfg") { Tool = "grub-mkconfig", Detail = "grub-mkconfig ended with 1." }.Reason);
}
