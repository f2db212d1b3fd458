using System.Text;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class BodyFramingTests
{
    private const string Chunked = "5\r\nhello\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Chunks_end_where_they_end_however_they_arrive(int piece)
    {
        var framing = new BodyFraming(ResponseHead.Parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8));
        var bytes = Encoding.ASCII.GetBytes(Chunked + "HTTP/1.1 200 OK\r\n");

        var taken = 0;
        while (!framing.Ended)
        {
            taken += framing.Take(bytes.AsSpan(taken, Math.Min(piece, bytes.Length - taken)));
        }

        Assert.Equal(Chunked.Length, taken);
    }

    [Fact]
    public void A_stated_length_is_taken_and_no_more()
    {
        var framing = new BodyFraming(ResponseHead.Parse("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"u8));

        Assert.Equal(3, framing.Take("abcdef"u8));
        Assert.True(framing.Ended);
    }

    [Fact]
    public void Without_a_length_the_body_ends_with_the_connection()
    {
        var framing = new BodyFraming(ResponseHead.Parse("HTTP/1.0 200 OK\r\n\r\n"u8));

        Assert.Equal(6, framing.Take("abcdef"u8));
        Assert.False(framing.Ended);
        Assert.True(framing.EndsWithConnection);
    }

    [Fact]
    public void An_endless_chunk_is_refused()
    {
        var framing = new BodyFraming(ResponseHead.Parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8));

        Assert.Throws<SpeedServerException>(() => framing.Take("ffffffffffffffff"u8));
    }
}
