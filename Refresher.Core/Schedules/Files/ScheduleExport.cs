using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core.Contract;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Refresher.Core.Schedules.Files;

/// <summary>Writes schedules as a file that can be imported again: by key, each with what differs from the defaults, secrets masked.</summary>
public sealed class ScheduleExport(ScheduleQueries schedules, KindCatalog kinds)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes page by page, so that any number of schedules takes the memory of a page.</summary>
    public async Task WriteAsync(ScheduleFilter filter, ScheduleFileFormat format, Stream to, CancellationToken cancel)
    {
        var written = new WrittenSchedules(kinds);
        await using var text = new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        using IFileText file = format == ScheduleFileFormat.Yaml ? new YamlFile() : new JsonFile();
        string? after = null;
        do
        {
            var page = await schedules.ListAsync(filter, after, Page<Schedule>.MostLimit, cancel);
            foreach (var schedule in page.Items)
            {
                file.Add(written.Of(schedule));
            }

            await text.WriteAsync(file.Take(), cancel);
            after = page.Next;
        }
        while (after is not null);

        file.End();
        await text.WriteAsync(file.Take(), cancel);
    }

    private interface IFileText : IDisposable
    {
        void Add(JsonObject schedule);

        void End();

        /// <summary>What was written since the last time.</summary>
        ReadOnlyMemory<char> Take();
    }

    private sealed class YamlFile : IFileText
    {
        private readonly StringWriter _text = new() { NewLine = "\n" };
        private readonly Emitter _emitter;
        private bool _any;

        public YamlFile()
        {
            _emitter = YamlWriter.To(_text);
            _emitter.Emit(new StreamStart());
            _emitter.Emit(new DocumentStart(null, null, isImplicit: true));
            _emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
            YamlWriter.Write(_emitter, JsonValue.Create(ScheduleFile.List));
        }

        public void Add(JsonObject schedule)
        {
            Begin(SequenceStyle.Block);
            YamlWriter.Write(_emitter, schedule);
        }

        public void End()
        {
            Begin(SequenceStyle.Flow);
            _emitter.Emit(new SequenceEnd());
            _emitter.Emit(new MappingEnd());
            _emitter.Emit(new DocumentEnd(isImplicit: true));
            _emitter.Emit(new StreamEnd());
        }

        public ReadOnlyMemory<char> Take()
        {
            var taken = _text.ToString();
            _text.GetStringBuilder().Clear();
            return taken.AsMemory();
        }

        public void Dispose() => _text.Dispose();

        private void Begin(SequenceStyle style)
        {
            if (!_any)
            {
                _emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
                _any = true;
            }
        }
    }

    private sealed class JsonFile : IFileText
    {
        private readonly StringBuilder _text = new($"{{\n  \"{ScheduleFile.List}\": [");
        private bool _any;

        public void Add(JsonObject schedule)
        {
            _text.Append(_any ? ",\n    " : "\n    ").Append(schedule.ToJsonString(Readable).ReplaceLineEndings("\n    "));
            _any = true;
        }

        public void End() => _text.Append(_any ? "\n  ]\n}\n" : "]\n}\n");

        public ReadOnlyMemory<char> Take()
        {
            var taken = _text.ToString();
            _text.Clear();
            return taken.AsMemory();
        }

        public void Dispose()
        {
        }
    }
}
