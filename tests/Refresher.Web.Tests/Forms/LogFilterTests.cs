using Microsoft.Extensions.Logging;
using Refresher.Web.Forms;

namespace Refresher.Web.Tests.Forms;

public sealed class LogFilterTests
{
    [Theory]
    [InlineData(null, null, "/runs/1")]
    [InlineData("warning", null, "/runs/1?level=warning")]
    [InlineData("loud", "  a&b ", "/runs/1?find=a%26b")]
    [InlineData("error", "x", "/runs/1?level=error&find=x")]
    public void It_stands_in_the_address_as_it_was_read(string? level, string? find, string address) => Assert.Equal(address, LogFilter.Parse(level, find).On("/runs/1"));

    [Fact]
    public void What_is_too_long_is_cut_and_NUL_is_never_asked_for()
    {
        var filter = LogFilter.Parse(null, new string('x', 500) + "\0");

        Assert.Equal(LogFilter.LongestFind, filter.Find.Length);
        Assert.DoesNotContain('\0', LogFilter.Parse(null, "a\0b").Find);
        Assert.Equal(LogLevel.Trace, filter.Level);
    }
}
