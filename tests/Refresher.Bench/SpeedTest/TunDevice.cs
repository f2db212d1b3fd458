using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Refresher.Bench.SpeedTest;

/// <summary>A network interface whose packets this process reads and writes (Linux, Documentation/networking/tuntap.rst). It keeps working when it is moved into a namespace.</summary>
internal sealed unsafe partial class TunDevice : IDisposable
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const nuint SetInterface = 0x400454ca;
    private const short Tun = 1;
    private const short NoPacketInformation = 0x1000;

    private readonly int _file;

    public TunDevice(string name)
    {
        Name = name;
        _file = Open("/dev/net/tun", ReadWrite | CloseOnExec | NonBlocking);
        if (_file < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "/dev/net/tun cannot be opened");
        }

        // struct ifreq: 16 bytes of name, then the flags.
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        *(short*)(request + 16) = Tun | NoPacketInformation;
        if (Control(_file, SetInterface, request) < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"the interface {name} cannot be made");
        }
    }

    public string Name { get; }

    /// <summary>The next packet; negative when there is none.</summary>
    public nint Read(byte* to, nint most) => Read(_file, to, most);

    /// <summary>Whether a packet came within so many milliseconds.</summary>
    public bool WaitForPacket(int milliseconds)
    {
        var poll = new PollRequest { File = _file, Wanted = 1 };
        return Poll(&poll, 1, milliseconds) > 0 && (poll.Seen & 1) != 0;
    }

    public void Write(byte* from, nint length) => Write(_file, from, length);

    public void Dispose() => _ = Close(_file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int file, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, byte* to, nint most);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, byte* from, nint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    private struct PollRequest
    {
        public int File;
        public short Wanted;
        public short Seen;
    }
}
