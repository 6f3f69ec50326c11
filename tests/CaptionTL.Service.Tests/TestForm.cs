using System.Net.Http.Headers;

namespace CaptionTL.Service.Tests;

/// <summary>Multipart forms, fields in the order given.</summary>
internal static class TestForm
{
    public static MultipartFormDataContent Of(params (string Field, object Value, string? FileName)[] parts)
    {
        var form = new MultipartFormDataContent();
        foreach (var (field, value, name) in parts)
        {
            HttpContent content = value is byte[] bytes ? new ByteArrayContent(bytes) : new StringContent((string)value);
            content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{field}\"",
                FileName = name is null ? null : $"\"{name}\"" };
            form.Add(content);
        }
        return form;
    }

    public static MultipartFormDataContent Zip(string name, byte[] zip) => Of(("name", name, null), ("file", zip, "upload.zip"));
}
