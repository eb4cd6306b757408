#pragma once
// Small PDF files, written by hand (ISO 32000-1, 7.5).

#include <string>
#include <vector>

namespace scaup::test {

/// A PDF file with one line of ASCII text, without brackets and backslashes, on each page. `info` are entries of the
/// document information, such as "/Title (Sea)"; `trailer` of the trailer.
inline std::string pdf_file(const std::vector<std::string>& pages, const std::string& info = "",
                            const std::string& trailer = "") {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>", "",
                                      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "<< " + info + " >>"};
  std::string kids;
  for (const std::string& text : pages) {
    const std::string content = "BT /F1 12 Tf 20 100 Td (" + text + ") Tj ET";
    objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents " +
                      std::to_string(objects.size() + 2) + " 0 R /Resources << /Font << /F1 3 0 R >> >> >>");
    kids += std::to_string(objects.size()) + " 0 R ";
    objects.push_back("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "\nendstream");
  }
  objects[1] = "<< /Type /Pages /Count " + std::to_string(pages.size()) + " /Kids [" + kids + "] >>";
  std::string file = "%PDF-1.4\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::string offset = std::to_string(file.size());
    table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
    file += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string start = std::to_string(file.size());
  const std::string size = std::to_string(objects.size() + 1);
  return file + "xref\n0 " + size + "\n" + table + "trailer\n<< /Size " + size + " /Root 1 0 R /Info 4 0 R " + trailer +
         " >>\nstartxref\n" + start + "\n%%EOF\n";
}

}  // namespace scaup::test
