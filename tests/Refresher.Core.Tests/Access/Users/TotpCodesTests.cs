using System.Text;
using Refresher.Core.Access.Users;

namespace Refresher.Core.Tests.Access.Users;

public sealed class TotpCodesTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B, the last six digits of each.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long second, string code) =>
        Assert.Equal(code, TotpCodes.Code(Secret, TotpCodes.StepOf(DateTimeOffset.FromUnixTimeSeconds(second))));

    [Theory]
    [InlineData(-61, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(61, false)]
    public void A_clock_may_be_off_by_one_step(int seconds, bool holds)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var code = TotpCodes.Code(Secret, TotpCodes.StepOf(now.AddSeconds(seconds)));

        Assert.Equal(holds, TotpCodes.Match(Secret, code, now, after: 0) is not null);
    }

    [Fact]
    public void What_was_taken_and_what_is_older_is_refused()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = TotpCodes.StepOf(now);

        Assert.Null(TotpCodes.Match(Secret, TotpCodes.Code(Secret, step), now, after: step));
        Assert.Null(TotpCodes.Match(Secret, TotpCodes.Code(Secret, step - 1), now, after: step));
        Assert.Equal(step + 1, TotpCodes.Match(Secret, TotpCodes.Code(Secret, step + 1), now, after: step));
        Assert.Null(TotpCodes.Match(Secret, "", now, after: 0));
        Assert.Null(TotpCodes.Match(Secret, "äöü123", now, after: 0));
    }

    // RFC 4648, 10, without the padding.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Secrets_are_written_as_apps_read_them(string bytes, string text) => Assert.Equal(text, TotpCodes.Write(Encoding.ASCII.GetBytes(bytes)));

    [Fact]
    public void The_address_for_apps_has_name_and_issuer() => Assert.Equal(
        "otpauth://totp/Refresher:ann%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Refresher&digits=6&period=30", TotpCodes.Address("ann@example.org", Secret));
}
