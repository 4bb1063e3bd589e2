using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using CsCheck;
using Newtonsoft.Json.Linq;
using ZeptAdmin.Rss;

namespace ZeptAdmin.Tests.Rss;

public sealed class ToeplitzHashTests
{
    private static readonly byte[] MicrosoftKey = Convert.FromHexString(
        "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");

    // "Verifying the RSS Hash Calculation" of Microsoft's driver documentation.
    [Theory]
    [InlineData("66.9.149.187", 2794, "161.142.100.80", 1766, 0x323e8fc2, 0x51ccc178)]
    [InlineData("199.92.111.2", 14230, "65.69.140.83", 4739, 0xd718262a, 0xc626b0ea)]
    [InlineData("3ffe:2501:200:1fff::7", 2794, "3ffe:2501:200:3::1", 1766, 0x2cc18cd5, 0x40207d3d)]
    public void Gives_the_published_values(string source, int sourcePort, string destination, int destinationPort, uint two, uint four)
    {
        foreach (ToeplitzHash form in Forms(MicrosoftKey))
        {
            Assert.Equal(two, Hash(form, source, null, destination, 0, RssInputTransform.None));
            Assert.Equal(four, Hash(form, source, (ushort)sourcePort, destination, (ushort)destinationPort, RssInputTransform.None));
        }
    }

    [Theory]
    [InlineData("microsoft-rss.json")]
    [InlineData("bitwise.json")]
    public void Equals_the_captured_vectors(string file)
    {
        JObject vectors = JObject.Parse(File.ReadAllText(Repository.Captured($"vectors/{file}")));
        int count = 0;
        foreach (JToken vector in vectors["vectors"]!)
        {
            byte[] key = Convert.FromHexString(((string)(vector["key"] ?? vectors["key"])!).Replace(":", "", StringComparison.Ordinal));
            (string source, string destination) = ((string)vector["source"]!, (string)vector["destination"]!);
            (ushort sourcePort, ushort destinationPort) = ((ushort)vector["sourcePort"]!, (ushort)vector["destinationPort"]!);
            foreach (ToeplitzHash form in Forms(key))
            {
                Assert.Equal(Number(vector["hash2"]), Hash(form, source, null, destination, 0, RssInputTransform.None));
                Assert.Equal(Number(vector["hash4"]), Hash(form, source, sourcePort, destination, destinationPort, RssInputTransform.None));
                if (vector["xorHash4"] is JToken mixed)
                {
                    Assert.Equal(Number(mixed), Hash(form, source, sourcePort, destination, destinationPort, RssInputTransform.SymmetricXor));
                }
            }

            count++;
        }

        Assert.True(count >= 8, $"{count} vectors");
    }

    [Fact]
    public void All_forms_equal_the_definition_on_a_million_inputs()
    {
        Random random = new(20261124);
        byte[] input = new byte[RssInput.MostBytes];
        for (int round = 0; round < 1000; round++)
        {
            byte[] key = new byte[random.Next(1, 60)];
            random.NextBytes(key);
            ToeplitzHash[] forms = Forms(key);
            for (int i = 0; i < 1000; i++)
            {
                Span<byte> part = input.AsSpan(0, random.Next(0, RssInput.MostBytes + 1));
                random.NextBytes(part);
                uint expected = ToeplitzHash.Define(key, part);
                foreach (ToeplitzHash form in forms)
                {
                    if (form.Compute(part) != expected || (part.Length == 12 && OfWords(form, part) != expected))
                    {
                        Assert.Fail($"{form.GetType().Name}: key {Convert.ToHexString(key)}, input {Convert.ToHexString(part)}");
                    }
                }
            }
        }
    }

    [Fact]
    public void A_key_of_one_repeated_half_word_is_symmetric_and_cancels_under_symmetric_xor() =>
        Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[4], Gen.UShort, Gen.UShort, Gen.Byte.Array[2]).Sample((source, destination, sourcePort, destinationPort, pattern) =>
        {
            byte[] key = [.. Enumerable.Range(0, 52).Select(i => pattern[i % 2])];
            ToeplitzHash form = ToeplitzHash.Create(key);
            uint forth = Hash(form, source, sourcePort, destination, destinationPort, RssInputTransform.None);
            uint back = Hash(form, destination, destinationPort, source, sourcePort, RssInputTransform.None);
            return forth == back && Hash(form, source, sourcePort, destination, destinationPort, RssInputTransform.SymmetricXor) == 0;
        });

    [Theory]
    [InlineData(RssInputTransform.SymmetricXor)]
    [InlineData(RssInputTransform.SymmetricOrXor)]
    public void A_symmetric_input_is_symmetric_under_any_key(RssInputTransform transform) =>
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.UShort, Gen.UShort, Gen.Byte.Array[40]).Sample((source, destination, sourcePort, destinationPort, key) =>
        {
            ToeplitzHash form = ToeplitzHash.Create(key);
            return Hash(form, source, sourcePort, destination, destinationPort, transform) == Hash(form, destination, destinationPort, source, sourcePort, transform);
        });

    private static ToeplitzHash[] Forms(byte[] key) =>
        System.Runtime.Intrinsics.X86.Pclmulqdq.IsSupported
            ? [new TableToeplitz(key, RssInput.MostBytes), new CarrylessToeplitz(key, RssInput.MostBytes)]
            : [new TableToeplitz(key, RssInput.MostBytes)];

    private static uint Hash(ToeplitzHash form, string source, ushort? sourcePort, string destination, ushort destinationPort, RssInputTransform transform) =>
        Hash(form, IPAddress.Parse(source).GetAddressBytes(), sourcePort, IPAddress.Parse(destination).GetAddressBytes(), destinationPort, transform);

    private static uint Hash(ToeplitzHash form, byte[] source, ushort? sourcePort, byte[] destination, ushort destinationPort, RssInputTransform transform)
    {
        Span<byte> input = stackalloc byte[RssInput.MostBytes];
        return form.Compute(input[..RssInput.Write(input, source, destination, sourcePort, destinationPort, transform)]);
    }

    private static uint Number(JToken? hash) => uint.Parse((string)hash!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static uint OfWords(ToeplitzHash form, ReadOnlySpan<byte> input) => form.Compute(
        BinaryPrimitives.ReadUInt32BigEndian(input), BinaryPrimitives.ReadUInt32BigEndian(input[4..]), BinaryPrimitives.ReadUInt32BigEndian(input[8..]));
}
